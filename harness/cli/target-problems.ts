/** What a config can get wrong about its target: each member's kind, and the names that the registries must know. */
import type { Invariant } from '../invariant.ts';
import type { Scenario } from '../scenario.ts';
import { type Check, callable, isObject, type Loose, list, object, oneOf, positive, text } from './checks.ts';

/** A check that may have to know the roles of the target. */
type RoleCheck = (value: unknown, roles: readonly unknown[]) => string | undefined;

/** Names that a target may refer to. */
export interface Known {
  readonly scenarios: readonly Scenario[];
  readonly invariants: readonly Invariant[];
}

const rolesIn = (target: Loose): readonly unknown[] => (Array.isArray(target.roles) ? target.roles : []);

const seconds = positive('seconds');
/** Without roles there is nothing to compare with, and that is told already. */
const role: RoleCheck = (value, roles) => (roles.length === 0 ? undefined : oneOf(value, roles));
const roleNames: Check = (value) => {
  const isFit = Array.isArray(value) && value.length > 0 && value.every((name) => text(name) === undefined);
  return isFit && new Set(value).size === value.length ? undefined : 'is not an array of one or more different names';
};

/** Written into SQL without quotes, so that nothing but a name may be in it. */
const tableName: Check = (value) =>
  typeof value === 'string' && /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(value)
    ? undefined
    : 'is not the name of a table, such as shop.entries';

/** Members that may be left out. */
const optional: ReadonlySet<string> = new Set([
  'container',
  'container.imageFor',
  'container.argsFor',
  'container.environmentFor',
  'container.port',
  'database.ledgerTable',
  'grantRole',
]);

const members: Readonly<Record<string, RoleCheck>> = {
  id: text,
  roles: roleNames,
  apiRole: role,
  webhookRole: role,
  grantRole: role,
  process: object,
  'process.command': text,
  'process.argsFor': callable,
  'process.environmentFor': callable,
  'process.portIn': callable,
  container: object,
  'container.imageFor': callable,
  'container.argsFor': callable,
  'container.environmentFor': callable,
  'container.port': positive('a port'),
  database: object,
  'database.migrations': callable,
  'database.userOf': callable,
  'database.ledgerTable': tableName,
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

const targetMemberProblems = (target: Loose): string[] =>
  Object.entries(members).flatMap(([path, check]) => {
    const [outer = '', inner] = path.split('.');
    const holder = inner === undefined ? target : target[outer];
    if (!isObject(holder)) return []; // told about the holder itself
    const value = holder[inner ?? outer];
    if (value === undefined && optional.has(path)) return [];
    const problem = value === undefined ? 'is missing' : check(value, rolesIn(target));
    return problem === undefined ? [] : [`target.${path} ${problem}`];
  });

const signalProblems = ({ signals }: Loose, invariants: readonly Invariant[]): string[] => {
  const known = invariants.flatMap(({ signal }) => signal ?? []).sort();
  return Object.entries(isObject(signals) ? signals : {}).flatMap(([name, promql]) => {
    if (!known.includes(name))
      return [`target.signals.${name} belongs to no invariant; signals are: ${known.join(', ')}`];
    const problem = text(promql);
    return problem === undefined ? [] : [`target.signals.${name} ${problem}`];
  });
};

const variantProblems = ({ variants }: Loose, { scenarios, invariants }: Known): string[] => {
  const known = {
    kind: ['defect', 'look-alike'],
    witness: scenarios.map(({ id }) => id),
    invariant: invariants.map(({ id }) => id),
  };
  return (Array.isArray(variants) ? variants : []).flatMap((variant: unknown, index) => {
    const place = `target.variants[${index}]`;
    if (!isObject(variant) || text(variant.id) !== undefined) return [`${place} has no id`];
    return Object.entries(known).flatMap(([member, names]) => {
      const problem = oneOf(variant[member], names);
      return problem === undefined ? [] : [`${place} (${variant.id}): ${member} ${problem}`];
    });
  });
};

/** Every problem of `target`, each naming its place and, where there are some, the valid names; none if it fits. */
export const targetProblems = (target: unknown, known: Known): readonly string[] => {
  if (!isObject(target)) return ['its `target` is not an object'];
  return [
    ...targetMemberProblems(target),
    ...signalProblems(target, known.invariants),
    ...variantProblems(target, known),
  ];
};
