import { describe, expect, test } from 'vitest';
import { loadProject } from './load-config.ts';
import { targetProblems } from './target-problems.ts';

const known = await loadProject(process.cwd());
const sound = known.target;
const variant = sound.variants[0];

test('the packaged target has none', () => {
  expect(targetProblems(sound, known)).toEqual([]);
});

describe('a target is told', () => {
  test.each([
    ['that it is none', 7, 'its `target` is not an object'],
    ['what is missing', { ...sound, apiRole: undefined }, 'target.apiRole is missing'],
    ['that it has no roles', { ...sound, roles: [] }, 'target.roles is not an array of one or more different names'],
    ['that a role is there twice', { ...sound, roles: [...sound.roles, 'api'] }, 'target.roles is not an array of'],
    [
      'which role it does not have',
      { ...sound, apiRole: 'apo', roles: ['api', 'webhooks', 'provisioning'] },
      'target.apiRole is "apo", not one of: api, webhooks, provisioning',
    ],
    ['which granting role it does not have', { ...sound, grantRole: 'nobody' }, 'target.grantRole is "nobody"'],
    ['that this is no number', { ...sound, signalDelayS: '90' }, 'target.signalDelayS is not a number of seconds'],
    ['that time passes', { ...sound, scrapeIntervalS: 0 }, 'target.scrapeIntervalS is not a number of seconds above 0'],
    [
      'that this is no function',
      { ...sound, process: { ...sound.process, portIn: 4711 } },
      'target.process.portIn is not a function',
    ],
    [
      'that a function is missing',
      { ...sound, database: { ...sound.database, readLedger: undefined } },
      'target.database.readLedger is missing',
    ],
    [
      'that this is no table',
      { ...sound, database: { ...sound.database, ledgerTable: 'entries; drop table orders' } },
      'target.database.ledgerTable is not the name of a table',
    ],
    ['that this is no object', { ...sound, http: () => {} }, 'target.http is not an object'],
    [
      'which signals there are',
      { ...sound, signals: { overcredit: 'sum(x)' } },
      /^target\.signals\.overcredit belongs to no invariant; signals are: balanceDrift, .*overcredited/,
    ],
    ['that a signal is no text', { ...sound, signals: { overcredited: 7 } }, 'target.signals.overcredited is not a'],
    [
      'which scenarios there are',
      { ...sound, variants: [{ ...variant, witness: 'nope' }] },
      /^target\.variants\[0\] \(.+\): witness is "nope", not one of: .*duplicate-webhooks, /,
    ],
    [
      'which invariants there are',
      { ...sound, variants: [{ ...variant, invariant: 'nope' }] },
      /^target\.variants\[0\] \(.+\): invariant is "nope", not one of: .*no-double-credit/,
    ],
    ['that a variant has no name', { ...sound, variants: [{}] }, 'target.variants[0] has no id'],
  ])('%s', (_what, target, problem) => {
    const problems = targetProblems(target, known);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('everything at once', () => {
    const target = {
      ...sound,
      apiRole: 'apo',
      http: {},
      signalDelayS: -1,
      variants: [{ ...variant, witness: 'nope' }],
    };
    expect(targetProblems(target, known)).toHaveLength(1 + 6 + 1 + 1);
  });
});
