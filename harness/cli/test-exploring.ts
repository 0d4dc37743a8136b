/** Explorations of the reference service, for tests. */
import { type Exploration, openExploration, type Subject } from '../explore/exploration.ts';
import type { Target } from '../target.ts';
import { loadProject } from './load-config.ts';
import { scenarioCalled } from './lookup.ts';

/** The project of this repository. */
export const project = await loadProject(process.cwd());

/** The scenario called `scenario` against `system`, composed with `variant` if there is one. */
export const subjectOf = (scenario: string, variant?: string, system: Target = project.target): Subject => ({
  target: system,
  invariants: project.invariants,
  scenario: scenarioCalled(project, scenario),
  settings: [],
  ...(variant === undefined ? {} : { variant }),
});

/** Opens an exploration for `work`, and closes it. */
export const explored = async <Result>(
  subject: Subject,
  work: (exploration: Exploration) => Promise<Result>,
): Promise<Result> => {
  const exploration = await openExploration(subject);
  try {
    return await work(exploration);
  } finally {
    await exploration.close();
  }
};
