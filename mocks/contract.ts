/** The form in which a mock states what it keeps of its vendor's contract, and how parts of it are read off tables. */
import type { Granting } from './granting.ts';

/** Something about the contract, and how it is known: the marks of `quirks.ts`. */
export interface Stated {
  readonly about: string;
  readonly says: string;
  readonly known: string;
}

/** A refusal as a client sees it; `…` stands for what depends on the call. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The contract of one provider. */
export interface Contract {
  readonly signatures: readonly Stated[];
  readonly idempotency: readonly Stated[];
  /** How webhooks are delivered; of providers that send some. */
  readonly delivery?: { readonly retryAfterS: readonly number[]; readonly ends: string; readonly known: string };
  readonly errors: readonly Refused[];
  readonly errorsKnown: string;
  readonly refusedAt: RefusedAt;
}

/** Which codes are answered where: all of them, and no others. */
export interface RefusedAt {
  /** By each of these operations, whatever it is asked: who asks is looked at first. */
  readonly everywhere: { readonly operations: readonly string[]; readonly codes: readonly string[] };
  /** By an operation beyond those. */
  readonly own: Readonly<Record<string, readonly string[]>>;
  /** Where no operation can be told from the call. */
  readonly nowhere: readonly string[];
  /** Only when it was asked for (`spoils.ts`), by every operation. */
  readonly byRequest: readonly string[];
}

/** The codes with which an operation answers by itself, sorted; `undefined` is no operation. */
export const answeredBy = ({ refusedAt }: Contract, operation: string | undefined): readonly string[] => {
  const { everywhere, own, nowhere } = refusedAt;
  if (operation === undefined) return nowhere;
  const shared = everywhere.operations.includes(operation) ? everywhere.codes : [];
  return [...shared, ...(own[operation] ?? [])].toSorted();
};

/** Whether a row tells of `code`: in full, or as far as its `…`. */
export const isToldBy = (row: Refused, code: string): boolean =>
  row.code === code || (row.code.endsWith('…') && code.startsWith(row.code.slice(0, -1)));

type Table<Refusal> = Readonly<Record<string, Refusal | ((...given: readonly string[]) => Refusal)>>;

/**
 * The refusals of tables, those that depend on the call made about nothing in particular. Those that differ only in
 * what comes beside them are one.
 */
export const refusedIn = <Refusal>(
  tables: readonly object[],
  read: (refusal: Refusal) => Refused,
): readonly Refused[] => {
  const all = tables.flatMap((table) =>
    Object.values(table as Table<Refusal>).map((one) =>
      read(typeof one === 'function' ? (one as (...given: string[]) => Refusal)('…', '…') : one),
    ),
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};

/** A refusal of a vendor whose fields are called so. */
export interface Plain {
  readonly status?: number;
  readonly code: string;
  readonly message: string;
}

/** As a client sees it; without a status it comes with 200. */
export const plain = ({ status = 200, code, message }: Plain): Refused => ({ status, code, message });

/** A refusal that is a status and nothing else. */
export const withoutBody = (status: number): Refused => ({ status, code: `HTTP ${status}`, message: '' });

/** How safe each way to grant is to repeat. */
export const granted = (granting: Readonly<Record<string, Granting>>): readonly Stated[] =>
  Object.entries(granting).map(([about, { class: name, field, without, repeat, foundBy, known }]) => {
    const key = field === undefined ? '' : `, ${field}${without === undefined ? '' : ` (left out: ${without})`}`;
    const again = repeat === undefined ? '' : `, a repeat is ${repeat === 'refused' ? 'refused' : 'the first answer'}`;
    const found = foundBy.length === 0 ? 'nothing tells' : `found by ${foundBy.join(', ')}`;
    return { about, says: `class ${name}${key}${again}; ${found}`, known };
  });

/** A row of `signatures` or `idempotency`: what it is about, what is so, and how that is known. */
export const signed = (about: string, says: string, known: string): Stated => ({ about, says, known });
