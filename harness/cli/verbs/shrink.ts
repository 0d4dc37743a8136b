/** `topple shrink WORLD`: a smaller world that breaks the same promises, kept like the one it came from. */
import { preciseClock, systemClock } from '../../clock.ts';
import { exitCodes } from '../../exit-codes.ts';
import { watchWorld } from '../../explore/exploration.ts';
import { keepWorld } from '../../explore/kept-worlds.ts';
import { breachText, choicesText, deviationsText, sizeText, wayText } from '../../explore/report.ts';
import { toJson } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { wrapped } from '../../report/plain-text.ts';
import { inWords } from '../../report/words.ts';
import { simulationErrors } from '../../simulation-errors.ts';
import { onePositional, readArguments } from '../arguments.ts';
import { commandIn } from '../compose.ts';
import { budgetMs, inExploration, keptFrom, showWorld, shrinkSurely } from '../exploring.ts';
import { withProgress } from '../progress.ts';
import { loadKept } from '../subjects.ts';
import type { Verb } from '../verb.ts';

const options = { budget: { type: 'string', default: '20s' }, json: { type: 'boolean', default: false } } as const;

/** The verb `shrink`. */
export const verb: Verb = {
  usage: 'WORLD [--budget 20s] [--json]',
  summary:
    'Makes a world that `explore` kept smaller while it breaks the same promises: fewer orders, less harm, fewer ' +
    'changes of turn. The result is kept and can be replayed.',
  run: async (args) => {
    const { values, positionals } = readArguments('shrink', args, options);
    const id = onePositional('shrink', 'world', positionals);
    const shrinkMs = budgetMs('--budget', values.budget);
    const { kept, subject, from } = await loadKept(process.cwd(), id);
    const startedMs = preciseClock.nowMs();
    const shrunk = await withProgress(`shrink ${id}`, (told) =>
      inExploration(subject, async (exploration) => {
        const untilMs = preciseClock.nowMs() + shrinkMs;
        const isOver = (): boolean => preciseClock.nowMs() >= untilMs;
        const limits = { isOver, told: (tries: number) => told(`${tries} worlds tried`) };
        const found = await shrinkSurely(exploration, kept, limits);
        return 'smaller' in found ? { ...found, watched: await watchWorld(exploration, found.smaller.world) } : found;
      }),
    );
    if (!('smaller' in shrunk)) throw simulationErrors.notShrinkable(id, shrunk.differs);
    const { world, outcome, deviations, switches, tries } = shrunk.smaller;
    const smaller = keptFrom(subject, world, from, deviations);
    const smallerId = keepWorld(process.cwd(), smaller, systemClock.nowMs());
    const page = showWorld(subject, smallerId, smaller, shrunk.watched);
    const orders = world.shape.ordinals.length;
    if (values.json) {
      console.log(
        toJson({
          world: smallerId,
          from: id,
          page,
          orders,
          choices: deviations,
          switches,
          tries,
          broken: world.fingerprint,
        }),
      );
      return exitCodes.violated;
    }
    const was = `${kept.shape.ordinals.length} orders and ${kept.choices.length} choices`;
    const took = `${tries} worlds tried in ${inWords(preciseClock.nowMs() - startedMs)}`;
    console.log(
      [
        wrapped(`${id} shrunk from ${was} to ${sizeText(orders, switches)}; ${took}`, 2),
        '',
        breachText(outcome, paintFor(process.stdout, process.env)),
        '',
        wrapped(`  ${deviationsText(deviations)}`, 2),
        ...choicesText(deviations),
        '',
        wayText(shrunk.watched),
        '',
        `  Report: ${page}`,
        `  Replay: ${commandIn(process.cwd())} replay ${smallerId}`,
      ].join('\n'),
    );
    return exitCodes.violated;
  },
};
