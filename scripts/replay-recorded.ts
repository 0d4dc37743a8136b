/** Repeats the worlds of a file that another process has recorded; prints those that came out differently, as JSON. */
import { readFileSync } from 'node:fs';
import { inExploration } from '#harness/cli/exploring';
import { chooseSubject } from '#harness/cli/subjects';
import { repeatWorld } from '#harness/explore/exploration';
import type { Recorded } from './bench-truth.ts';

const recorded = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as readonly Recorded[];
const different: string[] = [];
for (const { scenario, worlds } of recorded) {
  const { subject } = await chooseSubject(process.cwd(), scenario, { settings: [] });
  await inExploration(subject, async (exploration) => {
    for (const world of worlds) {
      const name = `${scenario} ${world.seed}`;
      const digest = await repeatWorld(exploration, world).then(
        (outcome) => outcome.digest,
        (error: Error) => error.message,
      );
      if (digest !== world.digest) different.push(`${name}: ${digest}`);
    }
  });
}
console.log(JSON.stringify(different));
