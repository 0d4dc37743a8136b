import type { Node } from 'oxc-parser';
import { type Finding, findingAt, isCode, isTest, type Rule, type SourceFile, syntaxOf } from './source.ts';

const wordsMin = 3;

/** The docstring that ends right before `start`, without its stars; '' when there is none. */
const docBefore = (file: SourceFile, start: number): string => {
  const doc = syntaxOf(file).comments.find(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && file.text.slice(end, start).trim() === '',
  );
  return doc === undefined ? '' : doc.value.replace(/^[\s*]+/gm, '').trim();
};

const nameOf = (statement: Node): string => {
  if (statement.type !== 'ExportNamedDeclaration' || statement.declaration === null) return '';
  const { declaration } = statement;
  const named = declaration.type === 'VariableDeclaration' ? declaration.declarations[0]?.id : declaration.id;
  return named?.type === 'Identifier' ? named.name : '';
};

const check = (file: SourceFile): Finding[] => {
  const { body } = syntaxOf(file);
  const exported = body.filter((node) => nameOf(node) !== '');
  return exported.flatMap((node, index) => {
    const name = nameOf(node);
    if (index > 0 && nameOf(exported[index - 1] as Node) === name) return []; // a further overload
    // The file's own docstring speaks for the only thing it exports.
    const doc = docBefore(file, node.start) || (exported.length === 1 ? docBefore(file, (body[0] as Node).start) : '');
    const words = doc.split(/\s+/).filter((word) => /\w/.test(word));
    if (words.length >= wordsMin) return [];
    return [
      findingAt(
        file,
        node.start,
        `${name} has no contract; open with a docstring of ${wordsMin} words or more: shape, units, bounds, errors`,
      ),
    ];
  });
};

/** Every exported declaration carries a docstring of at least three words; tests need none. */
export const docstrings: Rule = {
  id: 'docstrings',
  check: (files) => files.filter((file) => isCode(file) && !isTest(file)).flatMap(check),
};
