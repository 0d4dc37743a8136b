import { findingAt, isTest, nodesOf, type Rule } from './source.ts';

const table = 'harness/errors.ts';

/** Every error of `harness/errors.ts` is provoked by a test that names its code. */
export const testedErrors: Rule = {
  id: 'tested-errors',
  check: (files) => {
    const file = files.find(({ path }) => path === table);
    if (file === undefined) return [];
    const tests = files.filter((one) => isTest(one) && !one.path.startsWith('harness/tidy'));
    return nodesOf(file, 'NewExpression').flatMap(({ node }) => {
      const [code] = node.arguments;
      if (code?.type !== 'Literal' || typeof code.value !== 'string') return [];
      const { value } = code;
      if (tests.some(({ text }) => text.includes(value))) return [];
      return [findingAt(file, node.start, `no test provokes ${value}; write one that expects its code`)];
    });
  },
};
