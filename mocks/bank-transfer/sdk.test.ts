/** The bank's API as http-message-signatures and the parsers of camt meet it. */
import { describe, expect, test } from 'vitest';
import { noFaults, type ProviderPorts } from '#harness/provider';
import { openBehaviours } from '../behaviours/site.ts';
import { clockAtNewYear } from '../test-ports.ts';
import { accounts, operations } from './quirks.ts';
import { isAnswerOfBank, openApi, readMessage } from './test-sdk.ts';

const usd = `/v1/accounts/${accounts.USD}`;
const dayMs = 86_400_000;

/** A bank whose clock is stepped, with signatures by the real time of the libraries; T1 to T3 over 10 dollars each. */
const opened = async (given: Partial<ProviderPorts> = {}) => {
  const clock = clockAtNewYear();
  const api = await openApi({ ...given, clock });
  for (const reference of ['T1', 'T2', 'T3']) api.hand.order({ reference, amountMinor: 1000n, webhookUrl: '' });
  const entriesIn = async (path: string) => {
    const { status, text, isOfBank } = await api.ask(path);
    expect({ status, isOfBank }).toEqual({ status: 200, isOfBank: true });
    return (await readMessage(text)).statements[0]?.transactions ?? expect.unreachable();
  };
  return { ...api, clock, entriesIn };
};

describe('transactions', () => {
  test('tell nothing of a transfer until it has arrived, which takes minutes to an hour', async () => {
    const { clock, hand, provider, entriesIn } = await opened();
    hand.deeds.pay?.('T1');
    expect(hand.orders()[0]).toMatchObject({ status: 'ordered' });
    clock.advance(299_999);
    expect([await entriesIn(`${usd}/transactions`), provider.records().payments]).toEqual([[], []]);
    expect(provider.idle()).toBe(false);
    clock.advance(3_000_001);
    const [entry] = await entriesIn(`${usd}/transactions`);
    expect(entry).toMatchObject({
      amount: { value: '10.00', currency: 'USD' },
      creditDebitIndicator: 'CRDT',
      status: 'BOOK',
      bookingDate: '2026-01-01',
      valueDate: '2026-01-01',
      details: [{ remittanceInformation: { structured: { creditorReferenceInformation: { type: 'SCOR' } } } }],
    });
    const [payment] = provider.records().payments;
    expect(payment).toMatchObject({ id: entry?.accountServicerReference, reference: 'T1', amountMinor: 1000n });
    expect(provider.idle()).toBe(true);
  });

  test('go on behind an entry, so that nothing is read twice or missed', async () => {
    const { clock, hand, entriesIn } = await opened();
    for (const reference of ['T1', 'T2', 'T3']) {
      hand.deeds.pay?.(reference);
      hand.deeds.book?.(reference);
      clock.advance(1_000);
    }
    const all = await entriesIn(`${usd}/transactions`);
    const rest = await entriesIn(`${usd}/transactions?entryReferenceFrom=${all[0]?.reference}`);
    expect(rest).toEqual(all.slice(1));
    expect(await entriesIn(`${usd}/transactions?entryReferenceFrom=${all[2]?.reference}`)).toEqual([]);
    expect(await entriesIn(`/v1/accounts/${accounts.EUR}/transactions`)).toEqual([]);
  });

  test('come in pages of twenty, the last of which says so', async () => {
    const { ask, hand, entriesIn } = await opened();
    for (let nth = 10; nth < 31; nth += 1) {
      hand.order({ reference: `P${nth}`, amountMinor: 1n, webhookUrl: '' });
      hand.deeds.pay?.(`P${nth}`);
      hand.deeds.book?.(`P${nth}`);
    }
    expect((await entriesIn(`${usd}/transactions`)).length).toBe(20);
    expect((await entriesIn(`${usd}/transactions?page=2`)).length).toBe(1);
    const lastPageOf = async (page: number) =>
      /<LastPgInd>(\w+)/.exec((await ask(`${usd}/transactions?page=${page}`)).text)?.[1];
    expect([await lastPageOf(1), await lastPageOf(2)]).toEqual(['false', 'true']);
  });
});

test('a copy that lags knows neither the newest entry nor the balance that it makes', async () => {
  const behaviours = openBehaviours(noFaults);
  const { ask, clock, hand, provider, entriesIn } = await opened({ site: behaviours.site });
  for (const reference of ['T1', 'T2']) {
    hand.deeds.pay?.(reference);
    hand.deeds.book?.(reference);
  }
  clock.advance(2 * dayMs);
  const [, newest] = await entriesIn(`${usd}/transactions`);
  const behind = `transactions?entryReferenceFrom=${newest?.reference}`;
  const lagging = (query: string, operation: string) => {
    behaviours.add({ does: 'list-moves', operation }, provider.failings);
    return ask(`${usd}/${query}`);
  };
  expect((await lagging(behind, operations.transactions)).text).toContain('no-such-entry');
  const { text, isOfBank } = await lagging('statements?day=2026-01-01', operations.statement);
  const [statement] = (await readMessage(text)).statements;
  expect(isOfBank).toBe(true);
  expect(statement?.transactions.length).toBe(1);
  expect(statement?.balances).toMatchObject([{ type: 'OPBD' }, { type: 'CLBD', amount: { value: '10.00' } }]);
  expect((await entriesIn(`${usd}/statements?day=2026-01-01`)).length).toBe(2);
});

describe('statements', () => {
  test('are there five hours after the day, with balances that the entries explain', async () => {
    const { ask, clock, hand } = await opened();
    hand.deeds.pay?.('T1');
    hand.deeds.book?.('T1');
    clock.advance(dayMs);
    hand.deeds['pay-spaced']?.('T2');
    hand.deeds.book?.('T2');
    hand.deeds.return?.('T1');
    clock.advance(dayMs + 5 * 3_600_000 - 1);
    expect((await ask(`${usd}/statements?day=2026-01-02`)).text).toContain('statement-not-ready');
    clock.advance(1);
    const { text, isOfBank } = await ask(`${usd}/statements?day=2026-01-02`);
    expect(isOfBank).toBe(true);
    const [statement] = (await readMessage(text)).statements;
    expect(statement).toMatchObject({
      account: { iban: accounts.USD, currency: 'USD' },
      balances: [
        { type: 'OPBD', amount: { value: '10.00' } },
        { type: 'CLBD', amount: { value: '10.00' } },
      ],
      transactions: [
        { creditDebitIndicator: 'CRDT', reversalIndicator: false },
        { creditDebitIndicator: 'DBIT', reversalIndicator: true },
      ],
    });
    expect(text).toContain('<RmtInf><Ustrd>rf74 t2</Ustrd></RmtInf>');
  });

  test('book on Saturday what counts from Monday', async () => {
    const { clock, hand, entriesIn } = await opened();
    clock.advance(2 * dayMs); // Saturday, 3 January 2026
    hand.deeds.pay?.('T1');
    hand.deeds.book?.('T1');
    const [entry] = await entriesIn(`${usd}/transactions`);
    expect(entry).toMatchObject({ bookingDate: '2026-01-03', valueDate: '2026-01-05' });
  });
});

test('an answer of one page is none to the question about another', async () => {
  const { ask, identity } = await opened();
  const { answer, request } = await ask(`${usd}/transactions`);
  const other = { ...request, url: `${request.url}?page=2` };
  expect(await isAnswerOfBank(identity, request, answer)).toBe(true);
  expect(await isAnswerOfBank(identity, other, answer)).toBe(false);
});

test('every operation can be asked about the past', async () => {
  const { provider } = await openApi();
  expect(provider.failings.queries).toEqual(Object.values(operations));
});
