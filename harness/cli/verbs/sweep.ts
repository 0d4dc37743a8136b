/** `topple sweep SCENARIO`: each statement, call and webhook of one order, once with each harm that can come to it. */
import { preciseClock, systemClock } from '../../clock.ts';
import { keepWorld } from '../../explore/kept-worlds.ts';
import { type Sweep, sweep } from '../../explore/sweep.ts';
import { strikeText, sweepFinding, sweepText } from '../../explore/sweep-text.ts';
import { toJson } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { randomFrom } from '../../seed.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { commandIn } from '../compose.ts';
import { budgetMs, inExploration, keptFrom } from '../exploring.ts';
import { withProgress } from '../progress.ts';
import { chooseSubject } from '../subjects.ts';
import type { Verb } from '../verb.ts';

const options = {
  budget: { type: 'string', default: '10m' },
  pairs: { type: 'boolean', default: false },
  turns: { type: 'boolean', default: false },
  orders: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  defect: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const documentOf = (swept: Sweep, kept: readonly string[], tookMs: number) => ({
  finding: sweepFinding(swept),
  points: swept.points.length,
  tried: swept.trials.length,
  possible: swept.possible,
  untried: swept.untried,
  broken: swept.trials.filter(({ fingerprint }) => fingerprint.length > 0).length,
  violations: swept.broken.map(({ strikes, fingerprint, differs }, index) => ({
    broken: fingerprint,
    when: strikes.map((strike) => strikeText(strike, swept.swept)),
    kept: kept[index],
    differs: differs ?? null,
  })),
  tookMs,
});

/** The verb `sweep`. */
export const verb: Verb = {
  usage:
    'SCENARIO [--turns] [--pairs] [--orders N] [--budget 10m] [--seed N] [--set OWNER.PARAM=VALUE]… [--defect ID] ' +
    '[--json]',
  summary:
    'Runs one order of the scenario in simulated worlds, each with one harm: every SQL statement, call and webhook ' +
    'is lost, loses its answer, ends with its process and so on. --turns lets, instead, whatever else is possible ' +
    'go first, at each point; --pairs does two in one world afterwards, as many as the budget allows.',
  run: async (args) => {
    const { values, positionals } = readArguments('sweep', args, options);
    const name = onePositional('sweep', 'scenario', positionals);
    const seed = wholeNumber('--seed', values.seed, 0);
    const orders = wholeNumber('--orders', values.orders, 1);
    const lookMs = budgetMs('--budget', values.budget);
    const { subject, from } = await chooseSubject(process.cwd(), name, {
      settings: values.set,
      variant: values.defect,
    });
    const { target, scenario, variant } = subject;
    const startedMs = preciseClock.nowMs();
    const swept = await withProgress(`sweep ${scenario.id}`, (told) =>
      inExploration(subject, (exploration) =>
        sweep(exploration, {
          seed,
          orders,
          swept: values.turns ? 'turns' : 'harms',
          ...(values.pairs ? { pairsBy: randomFrom(`${scenario.id}/${seed}/pairs`) } : {}),
          isOver: () => preciseClock.nowMs() - startedMs >= lookMs,
          told: (done, possible) => told(`${done} of ${possible} worlds`),
        }),
      ),
    );
    const tookMs = preciseClock.nowMs() - startedMs;
    const kept = swept.broken.map(({ world }) =>
      keepWorld(process.cwd(), keptFrom(subject, world, from), systemClock.nowMs()),
    );
    const against = variant === undefined ? target.id : `${target.id} with ${variant}`;
    const telling = {
      title: `sweep of ${scenario.id} against ${against}`,
      tookMs,
      kept,
      command: commandIn(process.cwd()),
    };
    const paint = paintFor(process.stdout, process.env);
    console.log(values.json ? toJson(documentOf(swept, kept, tookMs)) : sweepText(swept, telling, paint));
    return exitCodeOf(sweepFinding(swept));
  },
};
