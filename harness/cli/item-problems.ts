/** What a user's own scenarios and invariants can get wrong: the kind of each member, and ids that are taken. */
import { type Check, callable, isObject, type Loose, list, memberProblems, oneOf, positive, text } from './checks.ts';

const kebabCase: Check = (value) =>
  typeof value === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value)
    ? undefined
    : 'is not a name in kebab-case, such as no-double-credit';

const texts: Check = (value) =>
  Array.isArray(value) && value.every((one) => text(one) === undefined) ? undefined : 'is not an array of texts';

const invariantMembers: Readonly<Record<string, Check>> = {
  id: kebabCase,
  covers: text,
  claim: text,
  meaning: text,
  severity: (value) => oneOf(value, ['critical', 'warning']),
  unit: text,
  exercised: callable,
  witnesses: callable,
  bound: (value) => (typeof value === 'number' && value >= 0 ? undefined : 'is not a number of 0 or more'),
};

/** The problems of what should be an invariant; `place` is what they call it. */
export const invariantProblems = (value: unknown, place: string): string[] => {
  if (!isObject(value)) return [`${place} is not an invariant; make it with defineInvariant`];
  const given = value.signal === undefined ? {} : { signal: text };
  return memberProblems(place, value, { ...invariantMembers, ...given });
};

/** Whether `value` is what a fault or a workload makes of its ranges; uncalled, it is a function. */
const isPlanned = (value: unknown, member: 'workload' | 'fault'): value is Loose =>
  isObject(value) && isObject(value.ranges) && isObject(value[member]);

const workload: Check = (value) =>
  isPlanned(value, 'workload') ? undefined : 'is not planned; call a workload with its ranges: topUps({ … })';

const fault: Check = (value) =>
  isPlanned(value, 'fault') && isObject(value.at)
    ? undefined
    : 'is not planned; call a fault with its place and ranges: redeliverWebhook(alipay, { … })';

const provider: Check = (value) =>
  isObject(value) && callable(value.open) === undefined ? undefined : 'is not a provider, such as alipay';

const each = (value: unknown, place: string, check: Check): string[] =>
  (Array.isArray(value) ? value : []).flatMap((one, index) => {
    const problem = check(one);
    return problem === undefined ? [] : [`${place}[${index}] ${problem}`];
  });

const scenarioMembers: Readonly<Record<string, Check>> = {
  id: kebabCase,
  hypothesis: text,
  covers: texts,
  providers: list,
  workload,
  faults: list,
  expect: (value) => list(value) ?? ((value as unknown[]).length > 0 ? undefined : 'names no invariant'),
  settleMsMax: positive('milliseconds'),
};

/** The problems of what should be a scenario; `place` is what they call it. */
export const scenarioProblems = (value: unknown, place: string): string[] => {
  if (!isObject(value)) return [`${place} is not a scenario; make it with defineScenario`];
  const given = value.overlaps === undefined ? {} : { overlaps: list };
  return [
    ...memberProblems(place, value, { ...scenarioMembers, ...given }),
    ...each(value.providers, `${place}.providers`, provider),
    ...each(value.faults, `${place}.faults`, fault),
    ...(Array.isArray(value.expect) ? value.expect : []).flatMap((one: unknown, index) =>
      invariantProblems(one, `${place}.expect[${index}]`),
    ),
  ];
};

/** One problem for each of `own` whose id another item of `taken` or of `own` has. */
export const idProblems = (
  kind: string,
  own: readonly { readonly id: string }[],
  taken: readonly { readonly id: string }[],
): string[] =>
  own.flatMap((item, index) => {
    const others = [...taken, ...own.slice(0, index)].filter((other) => other !== item);
    return others.some(({ id }) => id === item.id)
      ? [`there is another ${kind} ${item.id}; give yours its own id`]
      : [];
  });
