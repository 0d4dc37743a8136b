/** Errors of simulated worlds: what cannot be decided, repeated or shrunk, in the form of `errors.ts`. */
import { ToppleError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

/** One function per error; the key is its code. */
export const simulationErrors = {
  worldStuck: (lines: readonly string[]) =>
    new ToppleError('world-stuck', exitCodes.unknown, {
      what: 'The simulated world stands still: nothing can happen, and what was asked of it has not ended.',
      why: `The last steps were:\n${lines
        .slice(-8)
        .map((line) => `  ${line.slice(0, 160)}`)
        .join('\n')}`,
      next: 'Look for a transaction that is kept open, or for a wait for something outside of the ports.',
    }),
  notInProcess: (target: string) =>
    new ToppleError('not-in-process', exitCodes.usage, {
      what: `The target ${target} cannot be simulated.`,
      why: 'Its topple.config has no `inProcess`, which composes a role inside this process on given ports.',
      next: 'Add it, as the reference service does, or use `topple run`, which meets the system from outside.',
    }),
  notShrinkable: (world: string, differs: string | undefined) =>
    new ToppleError('not-shrinkable', exitCodes.unknown, {
      what: `The world ${world} cannot be shrunk.`,
      why: differs ?? 'When its choices are made again it does not break the same promises.',
      next: `Replay it first, by \`topple replay ${world}\`: that says what differs from when it was kept.`,
    }),
  badShard: (given: string) =>
    new ToppleError('bad-shard', exitCodes.usage, {
      what: `--shard ${given} is no part of a search.`,
      why: 'It is the part and the number of parts, the first part being 1.',
      next: 'Write for example --shard 2/3, and give the other parts the same seed, budget and settings.',
    }),
  shardsDiffer: (why: string) =>
    new ToppleError('shards-differ', exitCodes.usage, {
      what: 'These are not the parts of one search.',
      why,
      next: 'Give `topple merge` what each `topple explore … --shard i/n --json` of the search printed, once each.',
    }),
  workerFailed: (shard: string, exitCode: number | null, said: string) =>
    new ToppleError('worker-failed', exitCodes.environment, {
      what: `The worker for part ${shard} of the search ended without a result, with exit code ${exitCode}.`,
      why: said.trim() === '' ? 'It said nothing.' : said.trim(),
      next: 'Mend that, or use fewer --workers: each has a PostgreSQL of its own.',
    }),
  choicesDiffer: (nth: number, wanted: string | undefined, options: readonly string[]) =>
    new ToppleError('choices-differ', exitCodes.unknown, {
      what: `Choice ${nth} cannot be repeated: ${wanted === undefined ? 'the record ends before it' : `"${wanted}"`}.`,
      why: `What can happen here now: ${options.join(' | ').slice(0, 400)}.`,
      next: 'The code is another one than when the choices were recorded, or something outside of the world decided.',
    }),
  worldDiffers: (world: string) =>
    new ToppleError('world-differs', exitCodes.unknown, {
      what: `The world ${world} has another history now than when it was kept.`,
      why: 'Its choices are still possible, and brought other rows: the code has changed, or the record of it.',
      next: 'Look for a new one with `topple explore`, or take the version that the world was kept with.',
    }),
  blockedFromOutside: (session: string, sql: string) =>
    new ToppleError('blocked-from-outside', exitCodes.environment, {
      what: `${session} waits for a lock that nobody of the simulated world holds: ${sql}`,
      why: 'Whoever holds it is not scheduled, so what comes next could not be repeated.',
      next: 'Let nobody else use this database; `select * from pg_locks where granted` names who does.',
    }),
  cannotTakeBack: (session: string, sql: string) =>
    new ToppleError('cannot-take-back', exitCodes.unknown, {
      what: `${session} met a second lock wait in a statement that cannot be taken back: ${sql}`,
      why: 'One session at most waits inside PostgreSQL, and the end of a transaction cannot be asked for twice.',
      next: 'Check deferred constraints earlier, by `set constraints all immediate` before the commit.',
    }),
  realTimeInSql: (where: string, found: readonly string[]) =>
    new ToppleError('real-time-in-sql', exitCodes.usage, {
      what: `Real time or chance would come into the simulated world through ${where}: ${found.join('; ')}.`,
      why: 'A schedule could then not be repeated, and stored times would differ from the clock of the world.',
      next: 'Use now(), gen_random_uuid() and random(), with USAGE on schema sim and the search_path that was given.',
    }),
  realWorldLeak: (what: string, site: string) =>
    new ToppleError('real-world-leak', exitCodes.usage, {
      what: `The system left the simulated world: ${what}.`,
      why: `Whatever it brings cannot be repeated. It was reached from:\n${site}`,
      next: 'Take time, chance, files and the network from the ports; do cryptography synchronously.',
    }),
} as const;
