/** The top of the report: what was run, what came of it, and why. */
import type { Ranges } from '../../params.ts';
import { formatRange } from '../../range.ts';
import type { Finding } from '../../run/audit.ts';
import type { RunRequest, RunResult } from '../../run/result.ts';
import { type Markup, markup, none } from '../markup.ts';
import { composedOf, inWords } from '../words.ts';
import { definitions } from './elements.ts';

const signs: Readonly<Record<Finding, string>> = { holds: '✓', violated: '✗', unknown: '?' };

/** A finding with its sign, so that it can be told without colour. */
export const findingMark = (finding: Finding): Markup =>
  markup`<span class="finding ${finding}"><span aria-hidden="true">${signs[finding]}</span> ${finding}</span>`;

const meanings: Readonly<Record<Finding, string>> = {
  holds: 'Every promise that this scenario puts to the test held, and there is enough evidence that it was tested.',
  violated: 'A promise about money was broken, or the dashboards did not tell the truth about it.',
  unknown: 'Nothing is known: too little happened, or somebody could not see. This is neither a pass nor a failure.',
};

/** A summary in which parameters stand in backticks. */
const sentence = (summary: string): readonly Markup[] =>
  summary.split('`').map((part, index) => (index % 2 === 0 ? markup`${part}` : markup`<code>${part}</code>`));

const valuesOf = (ranges: Ranges): string =>
  Object.entries(ranges)
    .map(([name, range]) => `${name} ${formatRange(range)}`)
    .join(', ');

const faultsOf = ({ plan }: RunResult): readonly Markup[] =>
  plan.scenario.faults.map(({ fault, at, ranges }) => {
    const what = markup`<b>${fault.id}</b> at ${at.operation ?? at.id}: ${sentence(fault.summary)}`;
    return markup`<li>${what} <small>${valuesOf(ranges)}</small></li>`;
  });

const trafficOf = ({ plan, load, books }: RunResult): Markup => {
  const orders = plan.traffic.batches.flat();
  const wallets = new Set(orders.map(({ wallet }) => wallet)).size;
  const { workload, ranges } = plan.scenario.workload;
  const what = markup`<b>${workload.id}</b>: ${sentence(workload.summary)} <small>${valuesOf(ranges)}</small>`;
  if (load !== undefined) return markup`${books.orders.length} top-up orders by ${load.k6.script}; ${what}`;
  return markup`${orders.length} top-up orders for ${wallets} wallets; ${what}`;
};

const onPurpose = ({ variant, lie }: RunRequest): string => {
  const swapped = variant === undefined ? [] : [`${variant} is a part that was swapped on purpose`];
  const lying = lie === undefined ? [] : [`${lie.id} is a lie that was put before the dashboards on purpose`];
  const all = [...swapped, ...lying];
  return all.length === 0 ? '' : ` (${all.join('; ')}, to see whether it is noticed)`;
};

const factsOf = (result: RunResult): Markup => {
  const { request, system, plan, startedMs, tookMs } = result;
  const providers = plan.scenario.providers.map(({ id }) => id).join(', ');
  const versions = Object.entries(system.versions).map(([name, version]) => `${name} ${version}`);
  const faults = faultsOf(result);
  const rows: readonly (readonly [string, Markup])[] = [
    ['System', markup`${composedOf(result)}${onPurpose(request)}`],
    ['Scenario', markup`${request.scenario.id}, seed ${request.seed}`],
    ['Traffic', trafficOf(result)],
    ['Faults', faults.length === 0 ? markup`none` : markup`<ul>${faults}</ul>`],
    ['Providers', markup`${providers || 'none'}`],
    ['Where and when', markup`world ${system.world}, ${new Date(startedMs).toISOString()}, took ${inWords(tookMs)}`],
    ['Made with', markup`${versions.join(', ')}`],
  ];
  return definitions('facts', rows);
};

/** The words that a reader from outside may not know, each in one sentence. */
const words: Readonly<Record<string, string>> = {
  order: "a buyer's request to add credit",
  capture: "the payment provider takes the buyer's money; from here on the system owes a credit",
  notice: "the provider's message that a payment was captured, also called webhook; it may come late, twice or never",
  credit: "an entry in the system's ledger that raises the buyer's wallet",
  grant: 'the cloud really gives the credit',
  books: 'what providers captured and granted and what the ledger says, read by nobody but the judge',
  promise: 'an invariant: what must be true of the money whatever happens',
  fault: 'what this run did to the surroundings of the system, on purpose',
};

const glossary = (): Markup =>
  markup`<details><summary>Words used here</summary>${definitions('words', Object.entries(words))}</details>`;

/** Verdict, hypothesis, reasons, facts. */
export const headOf = (result: RunResult): Markup => {
  const { scenario } = result.request;
  const { finding, reasons } = result.verdict;
  const because =
    reasons.length === 0
      ? none
      : markup`<ul class="reasons">${reasons.map((reason) => markup`<li>because ${reason}</li>\n`)}</ul>`;
  return markup`<header>
<p class="product">topple tried to topple a top-up system: people pay a payment provider, and the system owes them
credit at a cloud. The verdict comes from the money: what providers captured and granted, against what the ledger
says.</p>
<h1>${findingMark(finding)} <span class="scenario">${scenario.id}</span></h1>
<p class="hypothesis">The claim under test: <q>${scenario.hypothesis}</q></p>
<p>${meanings[finding]}</p>
${because}
${factsOf(result)}
${glossary()}
</header>`;
};
