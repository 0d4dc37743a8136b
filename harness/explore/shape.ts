/** What a simulated world consists of, drawn from its seed: which of the planned orders, and how it is scheduled. */
import type { RunPlan } from '../run/plan.ts';
import type { Random } from '../seed.ts';
import { byPriority, type Chooser, inTurns, stalling, swarming, uniformly } from '../simulate/choices.ts';
import type { PlannedOrder } from '../workload.ts';

/** The parts of a world that are decided before it begins. */
export interface WorldShape {
  /** The planned orders that take part, by their ordinals. */
  readonly ordinals: readonly number[];
  /** Inserts stop between what they read and what they write. */
  readonly hasGates: boolean;
  /** The next timer may fire at any moment, not only when nothing else can happen. */
  readonly isHasty: boolean;
  /** Orders are about 1.00, 2.00 and so on, not about what the seed drew. */
  readonly hasRoundAmounts?: true;
  /** Nobody puts its statements in order, which `npm run bench` compares with; such a world cannot be repeated. */
  readonly isUnscheduled?: true;
}

const ordersMax = 4;
const createsMax = 3;
const confirmsMax = 2;
const otherAmountsMax = 1;
const looksMax = 4;

/** Priority schedules change it so often, within about as many choices as a small world has. */
const priorityChanges = 3;
const choicesExpected = 120;

/** A shape of a few orders of one batch, or of so many: they are under way together, so they can meet. */
export const drawShape = ({ traffic }: RunPlan, random: Random, orders?: number): WorldShape => {
  const batch = random.fork('batch').pick(traffic.batches.filter((batch) => batch.length > 0));
  const among = random.fork('orders');
  const left = batch.map(({ ordinal }) => ordinal);
  const count = Math.min(left.length, orders ?? among.integer(1, ordersMax));
  const drawn = Array.from({ length: count }, () => left.splice(among.integer(0, left.length - 1), 1)[0] as number);
  const dice = random.fork('dice');
  return {
    ordinals: drawn.sort((a, b) => a - b),
    hasGates: dice.unit() < 0.25,
    isHasty: dice.unit() < 0.25,
  };
};

/** The order about as many whole units as its place says, and others under its key about a little more. */
const roundly = (order: PlannedOrder, index: number): PlannedOrder => {
  const amountMinor = BigInt(index + 1) * 100n;
  const { otherAmounts } = order;
  if (otherAmounts === undefined) return { ...order, amountMinor };
  return { ...order, amountMinor, otherAmounts: otherAmounts.map((_amount, nth) => amountMinor + BigInt(nth + 1)) };
};

/** The plan without the orders that do not take part, and with few enough clicks for a schedule to matter. */
export const reduced = (plan: RunPlan, { ordinals, hasRoundAmounts }: WorldShape): RunPlan => {
  const orders = plan.traffic.batches.flat().filter(({ ordinal }) => ordinals.includes(ordinal));
  const calm = (hasRoundAmounts ? orders.map(roundly) : orders).map((order) => ({
    ...order,
    createsAtOnce: Math.min(order.createsAtOnce, createsMax),
    confirmsAtOnce: Math.min(order.confirmsAtOnce, confirmsMax),
    ...(order.otherAmounts === undefined ? {} : { otherAmounts: order.otherAmounts.slice(0, otherAmountsMax) }),
    ...(order.looks === undefined ? {} : { looks: Math.min(order.looks, looksMax) }),
  }));
  return { ...plan, traffic: { batches: [calm] } };
};

/** How often a session stands still, in worlds in which one does. */
const pausesMax = 2;

/**
 * How a new world is scheduled: half by chance, the others by priorities or in turns; each with a swarm of harm.
 * Where time may pass at any moment, in three worlds of four it does so only while a session stands still.
 */
export const drawChooser = (random: Random, { isHasty }: Pick<WorldShape, 'isHasty'>): Chooser => {
  const policy = random.fork('policy').unit();
  const drawn = (): Chooser => {
    if (policy < 1 / 2) return uniformly(random.fork('uniform'));
    if (policy < 3 / 4) return byPriority(random.fork('priority'), priorityChanges, choicesExpected);
    return inTurns(random.fork('turns'));
  };
  const stands = isHasty && random.fork('pauses').unit() < 3 / 4;
  const schedule = stands ? stalling(drawn(), random.fork('stands'), pausesMax, choicesExpected) : drawn();
  return swarming(schedule, random.fork('swarm'));
};
