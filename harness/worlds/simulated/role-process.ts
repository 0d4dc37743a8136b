/** One role of a simulated world as a process would be: it runs jobs, can end at any statement, and is started anew. */
import type { Clock } from '../../clock.ts';
import { asNobody } from '../../simulate/requests.ts';
import type { Sentinel } from '../../simulate/sentinel.ts';
import type { InProcessRole } from '../../target.ts';

/** What a role's process is made of. */
export interface RoleParts {
  readonly clock: Clock;
  readonly sentinel: Sentinel;
  /** Its idle jobs are asked as often as in production, not less and less often. */
  readonly isPunctual: boolean;
  /** Composes the role; `nth` is 1 for its first life. */
  compose(nth: number): Promise<InProcessRole>;
  /** Ends the connections of the life that is over; resolves when the next one can have their sessions. */
  disconnect(): Promise<void>;
}

/** A process that is there from the beginning of the world to its end, in one life after the other. */
export interface RoleProcess {
  /** Rejects when the process is not there, or ends before it has answered. */
  fetch(request: Request): Promise<Response>;
  /** Ends it as SIGKILL would; a supervisor starts it again. */
  die(): void;
}

interface Life {
  readonly role: InProcessRole;
  readonly ended: Promise<never>;
  end(): void;
}

/** An idle job is asked less and less often, up to every 64th time: a slow worker is a legal one. */
const idleFactor = 4;
const idleStepsMax = 3;

/** How long a supervisor takes to start a process again. */
const restartMs = 2_000;

const begin = (role: InProcessRole): Life => {
  let end = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    end = () => reject(new Error('the process ended'));
  });
  ended.catch(() => undefined); // nobody may have been waiting
  return { role, ended, end };
};

/** Starts the first life of a role. Rejects with what `compose` throws. */
export const startRole = async (parts: RoleParts): Promise<RoleProcess> => {
  const { clock, sentinel, isPunctual, compose, disconnect } = parts;
  const stepsMax = isPunctual ? 0 : idleStepsMax;
  let lives = 1;
  let life: Life | undefined = begin(await compose(lives));
  /** Runs the jobs while `own` lasts: again at once while they find work. */
  const runJobs = (own: Life): void => {
    for (const job of own.role.jobs) {
      let idleTurns = 0;
      const turn = async (): Promise<void> => {
        if (life !== own) return;
        const did = await sentinel
          .run(() => job.run())
          .then(
            (result) => result.did,
            () => 0,
          );
        idleTurns = did > 0 ? 0 : idleTurns + 1;
        clock.after(did > 0 ? 0 : job.everyMs * idleFactor ** Math.min(idleTurns, stepsMax), () => void turn());
      };
      clock.after(job.everyMs, () => void turn());
    }
  };
  const restart = async (): Promise<void> => {
    lives += 1;
    life = begin(await compose(lives));
    runJobs(life);
  };
  runJobs(life);
  return {
    fetch: async (request) => {
      if (life === undefined) throw new Error('the process is not there');
      const { role, ended } = life;
      return Promise.race([sentinel.run(() => role.fetch(request)), ended]);
    },
    die: () => {
      if (life === undefined) return;
      life.end();
      life = undefined;
      const startAgain = () => void disconnect().then(() => clock.after(restartMs, () => void restart()));
      sentinel.outside(() => asNobody(startAgain));
    },
  };
};
