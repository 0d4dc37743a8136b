/** INV9: a system at rest holds nothing that others may wait for: each of its database transactions has ended. */
import { defineInvariant } from '../invariant.ts';

export const noOpenTransactions = defineInvariant({
  id: 'no-open-transactions',
  covers: 'INV9',
  claim: 'At rest no transaction of the system is open.',
  meaning:
    'Its locks stop others, and it keeps the database from cleaning up. Look for a connection that was not given back.',
  severity: 'warning',
  unit: 'connections',
  bound: 0,
  exercised: ({ connections = [] }) => connections.length,
  witnesses: ({ connections = [] }) =>
    connections
      .filter(({ isLeftOpen }) => isLeftOpen)
      .map(({ name }) => ({
        subject: `connection ${name}`,
        anomaly: 'X4' as const,
        story: 'has a transaction open although nothing is under way',
        expected: 'no transaction at rest',
        actual: 'the same transaction at two looks, idle',
        evidence: [name],
      })),
});
