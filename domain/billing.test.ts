import { expect, test } from 'vitest';
import { subscriptionBills, billsDue, trialEndsAt } from './billing.ts';
import { asId, type DeploymentId, type TradeId } from './ids.ts';

const trade = asId<TradeId>('t1');
const deployment = asId<DeploymentId>('d1');

test('a closed trade costs its fee, and a tenth of what it made', () => {
  const fee = { kind: 'trade_fee', subject: 'trade/t1', amountUsd: '0.2' };
  expect(billsDue(trade, '12.3456789')).toEqual([
    fee,
    { kind: 'profit_share', subject: 'trade/t1', amountUsd: '1.234567' },
  ]);
  expect(billsDue(trade, '0')).toEqual([fee]);
  expect(billsDue(trade, '-50')).toEqual([fee]);
});

test('a profit that comes out otherwise is billed by its difference, and no bill is changed', () => {
  const first = billsDue(trade, '100');
  expect(billsDue(trade, '100', first)).toEqual([]);
  const more = billsDue(trade, '150', first);
  expect(more).toEqual([{ kind: 'profit_share', subject: 'trade/t1/correction/1', amountUsd: '5' }]);
  const less = billsDue(trade, '-20', [...first, ...more]);
  expect(less).toEqual([{ kind: 'profit_share', subject: 'trade/t1/correction/2', amountUsd: '-15' }]);
  expect(billsDue(trade, '-20', [...first, ...more, ...less])).toEqual([]);
});

test('a profit that is not known yet is not billed', () => {
  const fee = billsDue(trade, null);
  expect(fee.map(({ kind }) => kind)).toEqual(['trade_fee']);
  expect(billsDue(trade, '38.96', fee)).toEqual([
    { kind: 'profit_share', subject: 'trade/t1', amountUsd: '3.896' },
  ]);
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
