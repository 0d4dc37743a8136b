/** The page about what the mocks keep of the vendors' contracts, printed from the tables that they act by. */
import { kinds } from '#mocks/behaviours/kinds';
import type { Contract } from '#mocks/contract';
import { contracts } from '#mocks/contracts';
import { hosts } from '#mocks/hosts';
import { providers } from '#mocks/index';
import { steppedClock } from '../clock.ts';
import { type Failings, noFaults, type Provider } from '../provider.ts';
import { randomFrom } from '../seed.ts';
import { markdownTable } from './markdown-table.ts';

/** Text in a cell: a bar would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(
    heads,
    rows.map((row) => row.map(cell)),
  );

/** A pause as people say it. */
const pause = (seconds: number): string => {
  if (seconds === 0) return 'at once';
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
};

const failingsOf = (provider: Provider): Failings => {
  const clock = steppedClock(0);
  const deliver = async () => ({ status: 0, body: '' });
  const open = provider.open({ clock, wall: clock, random: randomFrom('page'), site: noFaults, deliver });
  open.stop();
  return open.failings;
};

const deliveryOf = ({ delivery }: Contract): string => {
  if (delivery === undefined) return 'It sends no webhooks.';
  const { retryAfterS, ends, known } = delivery;
  const pauses = retryAfterS.map(pause).join(', ');
  return `Webhooks are sent again ${pauses} after the attempt before (${known}), until ${ends}.`;
};

const names = (all: readonly string[]): string =>
  all.length === 0 ? 'none' : all.map((one) => `\`${one}\``).join(', ');

/** Where refusals come from, those apart that are told in the table of operations. */
const refusedIn = ({ operations }: Provider, { refusedAt }: Contract): string => {
  const { everywhere, nowhere, byRequest } = refusedAt;
  const isEvery = everywhere.operations.length === operations.length;
  return [
    `Refusals of ${isEvery ? 'every operation' : names(everywhere.operations)}: ${names(everywhere.codes)}.`,
    `Where no operation can be told: ${names(nowhere)}.`,
    ...(byRequest.length === 0 ? [] : [`Only by a behaviour: ${names(byRequest)}.`]),
  ].join('\n');
};

const partOf = (id: keyof typeof providers): string => {
  const [provider, contract] = [providers[id], contracts[id]];
  const failings = failingsOf(provider);
  const stated = [...contract.signatures, ...contract.idempotency];
  return `## ${id}
At ${names(hosts[id])}; taken from <${provider.docs}>.

${table(
  ['operation', 'can lag', 'a list of pages', 'refusals of its own'],
  provider.operations.map((one) => [
    `\`${one}\``,
    failings.queries.includes(one) ? 'yes' : '',
    failings.lists.includes(one) ? 'yes' : '',
    names(contract.refusedAt.own[one] ?? []),
  ]),
)}

${table(
  ['of', 'signed, or safe to repeat', 'known'],
  stated.map(({ about, says, known }) => [about, says, known]),
)}

${deliveryOf(contract)}

Spoilt answers: ${names(failings.spoils)}. False webhooks: ${names(failings.falsehoods)}. Tampered ones:
${names(failings.tampers)}.

${refusedIn(provider, contract)}

All refusals (${contract.errorsKnown}):

${table(
  ['status', 'code', 'message'],
  contract.errors.map(({ status, code, message }) => [String(status), `\`${code}\``, message]),
)}
`;
};

/** Text of `docs/mock-contract.md`. */
export const mockContractPage = (): string => `# What the mocks keep of the vendors' contracts

<!-- Written by \`npm run generate\`; edits are lost. -->
From the tables that the mocks act by. How a fact is known: R run with the vendor's SDK, S read in it, D a page of the
vendor or an answer of the real service, M from memory, C chosen here, which claims nothing.
What is simpler than at the vendor stands at the beginning of each \`mocks/<id>/quirks.ts\`;
how to use the mocks, in [mocks/README.md](../mocks/README.md).

## Behaviours
What each mock does wrong by request (\`topple mocks behave\`), as far as its own lists below have it.

${table(
  ['name', 'fields', 'what it does'],
  Object.entries(kinds).map(([name, { fields, summary }]) => [name, Object.keys(fields).join(', '), summary]),
)}

${(Object.keys(providers) as (keyof typeof providers)[]).map(partOf).join('\n')}`;
