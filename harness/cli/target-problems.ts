/** What a config can get wrong about its target: each member's kind, and the names that the registries must know. */
import { scenarios } from '#scenarios/index';
import { invariants } from '../invariants/index.ts';

/** What is wrong with a value, as the rest of a sentence that begins with its place; undefined when nothing is. */
type Check = (value: unknown, roles: readonly unknown[]) => string | undefined;
type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;
const rolesIn = (target: Loose): readonly unknown[] => (Array.isArray(target.roles) ? target.roles : []);

const oneOf = (value: unknown, known: readonly unknown[]): string | undefined =>
  known.includes(value) ? undefined : `is ${JSON.stringify(value)}, not one of: ${known.join(', ')}`;

const object: Check = (value) => (isObject(value) ? undefined : 'is not an object');
const list: Check = (value) => (Array.isArray(value) ? undefined : 'is not an array');
const callable: Check = (value) => (typeof value === 'function' ? undefined : 'is not a function');
const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'is not a text');
const seconds: Check = (value) =>
  typeof value === 'number' && value > 0 && value < Infinity ? undefined : 'is not a number of seconds above 0';
/** Without roles there is nothing to compare with, and that is told already. */
const role: Check = (value, roles) => (roles.length === 0 ? undefined : oneOf(value, roles));
const roleNames: Check = (value) => {
  const isFit = Array.isArray(value) && value.length > 0 && value.every((name) => text(name, []) === undefined);
  return isFit && new Set(value).size === value.length ? undefined : 'is not an array of one or more different names';
};

const members: Readonly<Record<string, Check>> = {
  id: text,
  roles: roleNames,
  apiRole: role,
  webhookRole: role,
  process: object,
  'process.command': text,
  'process.argsFor': callable,
  'process.environmentFor': callable,
  'process.portIn': callable,
  database: object,
  'database.migrations': callable,
  'database.userOf': callable,
  'database.auditor': text,
  'database.readLedger': callable,
  http: object,
  'http.createOrder': callable,
  'http.readOrder': callable,
  'http.confirmOrder': callable,
  'http.readWallet': callable,
  'http.orderIn': callable,
  'http.balanceIn': callable,
  variants: list,
  signals: object,
  signalDelayS: seconds,
  scrapeIntervalS: seconds,
};

const memberProblems = (target: Loose): string[] =>
  Object.entries(members).flatMap(([path, check]) => {
    const [outer = '', inner] = path.split('.');
    const holder = inner === undefined ? target : target[outer];
    if (!isObject(holder)) return []; // told about the holder itself
    const value = holder[inner ?? outer];
    const problem = value === undefined ? 'is missing' : check(value, rolesIn(target));
    return problem === undefined ? [] : [`target.${path} ${problem}`];
  });

const signalProblems = ({ signals }: Loose): string[] => {
  const known = invariants.flatMap(({ signal }) => signal ?? []).sort();
  return Object.entries(isObject(signals) ? signals : {}).flatMap(([name, promql]) => {
    if (!known.includes(name))
      return [`target.signals.${name} belongs to no invariant; signals are: ${known.join(', ')}`];
    const problem = text(promql, []);
    return problem === undefined ? [] : [`target.signals.${name} ${problem}`];
  });
};

const known = {
  kind: ['defect', 'look-alike'],
  witness: scenarios.map(({ id }) => id),
  invariant: invariants.map(({ id }) => id),
} as const;

const variantProblems = ({ variants }: Loose): string[] =>
  (Array.isArray(variants) ? variants : []).flatMap((variant: unknown, index) => {
    const place = `target.variants[${index}]`;
    if (!isObject(variant) || text(variant.id, []) !== undefined) return [`${place} has no id`];
    return Object.entries(known).flatMap(([member, names]) => {
      const problem = oneOf(variant[member], names);
      return problem === undefined ? [] : [`${place} (${variant.id}): ${member} ${problem}`];
    });
  });

/** Every problem of `target`, each naming its place and, where there are some, the valid names; none if it fits. */
export const targetProblems = (target: unknown): readonly string[] => {
  if (!isObject(target)) return ['it exports no `target`'];
  return [...memberProblems(target), ...signalProblems(target), ...variantProblems(target)];
};
