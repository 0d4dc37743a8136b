/** The formats in which a history leaves topple. */
import { toEdn } from './edn.ts';
import { type Credited, listAppends } from './list-append.ts';
import { historyOf, type JepsenOp, type JepsenOperation, spansOf } from './operations.ts';

/** What a run or a world left behind, as far as a history needs it. */
export interface Recorded {
  readonly operations: readonly JepsenOperation[];
  readonly books: Credited;
}

const ednLines = (history: readonly JepsenOp[]): string => history.map((op) => `${toEdn(op)}\n`).join('');

/** Writers by the name of their format. */
export const formats = {
  'jepsen-edn': ({ operations }) => ednLines(historyOf(spansOf(operations))),
  'jepsen-json': ({ operations }) =>
    `[${historyOf(spansOf(operations))
      .map((op) => `\n${JSON.stringify(op)}`)
      .join(',')}\n]\n`,
  elle: ({ books }) => ednLines(historyOf(listAppends(books))),
} as const satisfies Readonly<Record<string, (recorded: Recorded) => string>>;
