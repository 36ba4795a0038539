import { expect, test } from 'vitest';
import { planProtection, type EntryPlan } from './entry-plan.ts';
import { roundTripFeePct, withPaidEntry, type TradeFees } from './fees.ts';
import type { Instrument } from './instrument.ts';
import { simulate } from './simulate.ts';

const FEES: TradeFees = { entryBps: 4.5, exitBps: 4.5, flatUsd: '0' };
const BITCOIN: Instrument = {
  venue: 'hyperliquid',
  symbol: 'BTC',
  venueSymbol: 'BTC',
  venueAssetId: 0,
  priceRule: { kind: 'significant', figures: 5, decimals: 1 },
  lot: '0.00001',
  minNotionalUsd: '10',
  maxLeverage: 40,
  onlyIsolated: false,
  tradable: true,
};
const plan = (changes: Partial<Pick<EntryPlan, 'side' | 'barriers' | 'fees'>>) => ({
  instrument: BITCOIN,
  side: 'long' as const,
  barriers: { stopLoss: { pct: 5 }, breakEven: { afterTakeProfit: 1 } },
  fees: FEES,
  ...changes,
});

test.each<[string, Parameters<typeof plan>[0], string]>([
  ['covers the fees of both orders', {}, '50046'],
  ['of a short, below the entry', { side: 'short' }, '49954'],
  ['of a higher tier, is nearer', { fees: { ...FEES, entryBps: 1, exitBps: 1 } }, '50011'],
  ['spreads a flat fee over the position', { fees: { entryBps: 5, exitBps: 0, flatUsd: '0.1' } }, '50035'],
  [
    'stands where its own offset puts it',
    { barriers: { stopLoss: { pct: 5 }, breakEven: { afterTakeProfit: 1, offsetPct: 0.2 } } },
    '50100',
  ],
])('break-even %s', (_what, changes, price) => {
  const planned = planProtection(plan(changes), '0.01', '50000');
  expect(planned).toMatchObject({ ok: true, value: { levels: { breakEven: { price } } } });
});

test('a plan from before fees were asked for keeps its break-even at the entry', () => {
  const { fees: _fees, ...older } = plan({});
  const planned = planProtection(older, '0.01', '50000');
  expect(planned).toMatchObject({ value: { levels: { breakEven: { price: '50000' } } } });
});

test('a simulated break-even covers its fees', () => {
  const barriers = {
    takeProfits: [{ pct: 2, fraction: 0.5 }],
    breakEven: { afterTakeProfit: 1 },
    stopLoss: { pct: 5 },
  };
  const path = ['102', '100'].map((price, t) => ({ price, t, gap: false }));
  const simulated = simulate(barriers, { price: '100', t: 0 }, path, { side: 'long', feeBps: 4.5 });
  expect(simulated).toMatchObject({ ok: true, value: { open: 0 } });
  if (!simulated.ok) throw new Error(simulated.refusal.text);
  // Half of the position at 2 %, less the fees of both orders; the other half earns nothing.
  expect(simulated.value.pnlPct).toBeCloseTo((2 - 0.045 * 2.02) / 2, 5);
});

test('what the entry has paid takes the place of what was expected, once its fills are all known', () => {
  const fill = { price: '100', size: '1', feeUsd: '0.2' };
  expect(withPaidEntry({ ...FEES, flatUsd: '0.1' }, [fill], '1')).toEqual({
    entryBps: 20,
    exitBps: 4.5,
    flatUsd: '0',
  });
  expect(withPaidEntry(FEES, [fill], '2')).toEqual(FEES);
  expect(withPaidEntry(FEES, [], '1')).toEqual(FEES);
});

test('a fee of nothing needs no offset', () => {
  expect(roundTripFeePct({ entryBps: 0, exitBps: 0, flatUsd: '0' }, '0')).toBe(0);
});
