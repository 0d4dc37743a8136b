import { type Finding, findingAt, isTest, nodesOf, type Rule, type SourceFile } from './source.ts';

const table = /^harness\/(\w+-)?errors\.ts$/;

/** Every error of the tables of errors is provoked by a test that names its code. */
export const testedErrors: Rule = {
  id: 'tested-errors',
  check: (files) => {
    const tests = files.filter((one) => isTest(one) && !one.path.startsWith('harness/tidy'));
    const untested = (file: SourceFile): Finding[] =>
      nodesOf(file, 'NewExpression').flatMap(({ node }) => {
        const [code] = node.arguments;
        if (code?.type !== 'Literal' || typeof code.value !== 'string') return [];
        const { value } = code;
        if (tests.some(({ text }) => text.includes(value))) return [];
        return [findingAt(file, node.start, `no test provokes ${value}; write one that expects its code`)];
      });
    return files.filter(({ path }) => table.test(path)).flatMap(untested);
  },
};
