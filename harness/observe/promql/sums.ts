/** A running sum with the part that rounding lost (Neumaier), as Prometheus keeps it. */
interface Running {
  readonly sum: number;
  readonly lost: number;
}

const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;

const add = ({ sum, lost }: Running, value: number): Running => {
  const total = sum + value;
  if (isInfinite(total)) return { sum: total, lost: 0 };
  const rest = Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
  return { sum: total, lost: lost + rest };
};

/** The sum of `values`, with the rounding error compensated; 0 for none. */
export const sumOf = (values: readonly number[]): number => {
  const { sum, lost } = values.reduce(add, { sum: 0, lost: 0 });
  return sum + lost;
};

/** The mean of at least one value. A sum that overflows is continued as a running mean, as Prometheus does. */
export const meanOf = (values: readonly number[]): number => {
  let running: Running = { sum: values[0] as number, lost: 0 };
  let incremental = false;
  for (let count = 2; count <= values.length; count += 1) {
    const value = values[count - 1] as number;
    if (!incremental) {
      const next = add(running, value);
      if (!isInfinite(next.sum)) {
        running = next;
        continue;
      }
      incremental = true;
      running = { sum: running.sum / (count - 1), lost: running.lost / (count - 1) };
    }
    const share = (count - 1) / count;
    running = add({ sum: share * running.sum, lost: share * running.lost }, value / count);
  }
  if (incremental) return running.sum + running.lost;
  return running.sum / values.length + running.lost / values.length;
};

/** The least of at least one value; NaN only when all are. */
export const leastOf = (values: readonly number[]): number =>
  values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least));

/** The greatest of at least one value; NaN only when all are. */
export const greatestOf = (values: readonly number[]): number =>
  values.reduce((greatest, value) => (value > greatest || Number.isNaN(greatest) ? value : greatest));
