import { expect, test } from 'vitest';
import { subscriptionBills, tradeBills, trialEndsAt } from './billing.ts';
import { asId, type DeploymentId, type TradeId } from './ids.ts';

const trade = asId<TradeId>('t1');
const deployment = asId<DeploymentId>('d1');

test('a closed trade costs its fee, and a tenth of what it made', () => {
  const fee = { kind: 'trade_fee', subject: 'trade/t1', amountUsd: '0.2' };
  expect(tradeBills(trade, '12.3456789')).toEqual([
    fee,
    { kind: 'profit_share', subject: 'trade/t1', amountUsd: '1.234567' },
  ]);
  expect(tradeBills(trade, '0')).toEqual([fee]);
  expect(tradeBills(trade, '-50')).toEqual([fee]);
});

test('a deployment pays by the month once its trial is over', () => {
  const trialEnd = trialEndsAt(Date.UTC(2026, 0, 1, 12));
  expect(new Date(trialEnd).toISOString()).toBe('2026-01-31T12:00:00.000Z');
  expect(subscriptionBills(deployment, trialEnd, trialEnd - 1)).toEqual([]);
  expect(subscriptionBills(deployment, trialEnd, Date.UTC(2026, 3, 30, 12))).toEqual(
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'].map((day) => ({
      kind: 'subscription',
      subject: `deployment/d1/${day}`,
      amountUsd: '20',
    })),
  );
});
