/** `topple list`: everything that has a name. */
import { providers } from '#mocks/index';
import { loads } from '#scenarios/load/index';
import { anomalies } from '../../anomalies/index.ts';
import { exitCodes } from '../../exit-codes.ts';
import { faults } from '../../faults/index.ts';
import { wrapped } from '../../report/plain-text.ts';
import { lies } from '../../run/lies.ts';
import { workloads } from '../../workloads/index.ts';
import { worlds } from '../../worlds/index.ts';
import { readArguments } from '../arguments.ts';
import { loadProject } from '../load-config.ts';
import type { Verb } from '../verb.ts';

interface Row {
  readonly id: string;
  readonly sentence: string;
}

const section = (title: string, rows: readonly Row[]): string =>
  [title, ...rows.map(({ id, sentence }) => `  ${id}\n${wrapped(`      ${sentence}`, 6)}`)].join('\n');

/** The verb `list`. */
export const verb: Verb = {
  usage: '[--json]',
  summary:
    'Lists scenarios, loads, faults, invariants, anomaly classes, workloads, providers, worlds, lies and defects.',
  run: async (args) => {
    const { values } = readArguments('list', args, { json: { type: 'boolean', default: false } });
    const { target, scenarios, invariants } = await loadProject(process.cwd());
    const sections: Record<string, readonly Row[]> = {
      scenarios: scenarios.map(({ id, hypothesis }) => ({ id, sentence: hypothesis })),
      loads: loads.map(({ id, hypothesis }) => ({ id, sentence: hypothesis })),
      faults: faults.map(({ id, summary }) => ({ id, sentence: summary })),
      invariants: invariants.map(({ id, claim }) => ({ id, sentence: claim })),
      'anomaly classes': anomalies.map(({ id, name, when }) => ({ id, sentence: `${name}: ${when}` })),
      workloads: workloads.map(({ id, summary }) => ({ id, sentence: summary })),
      providers: Object.values(providers).map(({ id, serves, operations }) => ({
        id,
        sentence: `${serves}: ${operations.join(', ')}`,
      })),
      worlds: worlds.map(({ id, summary }) => ({ id, sentence: summary })),
      lies: lies.map(({ id, summary }) => ({ id, sentence: summary })),
      'defects and look-alikes': target.variants.map(({ id, summary, kind }) => ({
        id,
        sentence: `${kind}: ${summary}`,
      })),
    };
    console.log(
      values.json
        ? JSON.stringify(sections)
        : Object.entries(sections)
            .map(([title, rows]) => section(title, rows))
            .join('\n\n'),
    );
    return exitCodes.pass;
  },
};
