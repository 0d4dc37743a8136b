/** Whose work a step is: the request that asked for it, known by its name wherever its code goes on. */
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string | undefined>();

/** Calls `work`; whatever it asks for, and what it begins, is asked for by the request `name`. */
export const asRequest = <Result>(name: string, work: () => Result): Result => current.run(name, work);

/** Calls `work` as nobody's: what a request sets off, and is no part of its answer. */
export const asNobody = <Result>(work: () => Result): Result => current.run(undefined, work);

/** The request that is being answered here; undefined in a job, and outside of the system. */
export const currentRequest = (): string | undefined => current.getStore();

/** Names in the order of their calls: `webhook e1 #1`, `webhook e1 #2`. */
export const numbering = (): ((what: string) => string) => {
  const counts = new Map<string, number>();
  return (what) => {
    const nth = (counts.get(what) ?? 0) + 1;
    counts.set(what, nth);
    return `${what} #${nth}`;
  };
};
