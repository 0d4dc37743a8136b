/** What keeps scenarios data, signals the service's own, and the harness ignorant of the service. */
import { areaOf, findingAt, isCode, isTest, nodesOf, type Rule, type SourceFile, syntaxOf } from './source.ts';

const strings = (file: SourceFile): { value: string; start: number }[] =>
  syntaxOf(file).nodes.flatMap(({ node }) => {
    if (node.type === 'Literal' && typeof node.value === 'string') return [{ value: node.value, start: node.start }];
    return node.type === 'TemplateElement' ? [{ value: node.value.raw, start: node.start }] : [];
  });

/** A scenario is data, so that it can be listed, explained, replayed and shrunk: it waits for nothing. */
export const scenariosAreData: Rule = {
  id: 'scenarios-are-data',
  check: (files) =>
    files
      .filter((file) => areaOf(file.path) === 'scenarios' && !isTest(file) && file.text.includes('defineScenario('))
      .flatMap((file) =>
        [...nodesOf(file, 'AwaitExpression'), ...nodesOf(file, 'ForOfStatement').filter(({ node }) => node.await)].map(
          ({ node }) =>
            findingAt(file, node.start, 'a scenario awaits nothing; move the doing to a workload or a fault'),
        ),
      ),
};

/** The system under test speaks for itself: no `topple_` series in its signals, nor anywhere in the service. */
export const ownSignals: Rule = {
  id: 'own-signals',
  check: (files) =>
    files
      .filter((file) => isCode(file) && ['topple.config.ts', 'reference-impl'].includes(areaOf(file.path)))
      .flatMap((file) =>
        strings(file)
          .filter(({ value }) => value.includes('topple_'))
          .map(({ start }) =>
            findingAt(
              file,
              start,
              "topple_ series are the harness's ground truth; signal from the service's own series",
            ),
          ),
      ),
};

/** Nobody but topple.config.ts names a path inside the reference service. */
export const noPathIntoTarget: Rule = {
  id: 'no-path-into-target',
  check: (files) =>
    files
      .filter(isCode)
      .filter(({ path }) => ['harness', 'mocks', 'dashboards', 'scenarios'].includes(areaOf(path)))
      .filter(({ path }) => !path.startsWith('harness/tidy'))
      .flatMap((file) =>
        strings(file)
          .filter(({ value }) => value.includes('reference-impl/'))
          .map(({ start }) => findingAt(file, start, 'names a path of the service; let topple.config.ts provide it')),
      ),
};
