import { expect, test } from 'vitest';
import { billsDue, subscriptionBills, trialEndsAt } from './billing.ts';
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
  expect(subscriptionBills(deployment, trialEnd, { until: trialEnd - 1 })).toEqual([]);
  expect(subscriptionBills(deployment, trialEnd, { until: Date.UTC(2026, 3, 30, 12) })).toEqual(
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'].map((day) => ({
      kind: 'subscription',
      subject: `deployment/d1/${day}`,
      amountUsd: '20',
    })),
  );
});

test('by high-water mark a loss is earned back before profit is shared again', () => {
  let shared = 0;
  let [total, peak] = [0, 0];
  const billed = [100, -60, 40, 30].map((net, index) => {
    total += net;
    peak = Math.max(peak, total);
    const mark = { peakUsd: String(peak), sharedUsd: String(shared) };
    const [share] = billsDue(asId<TradeId>(`t${index}`), String(net), [], mark).slice(1);
    shared += Number(share?.amountUsd ?? 0);
    return share?.amountUsd ?? null;
  });
  expect(billed).toEqual(['10', null, null, '1']);
});

test('by high-water mark a corrected profit gives back what the peak was too high by', () => {
  const first = billsDue(trade, '100', [], { peakUsd: '100', sharedUsd: '0' });
  expect(billsDue(trade, '40', first, { peakUsd: '40', sharedUsd: '10' })).toEqual([
    { kind: 'profit_share', subject: 'trade/t1/correction/1', amountUsd: '-6' },
  ]);
  expect(billsDue(asId<TradeId>('t2'), '5', [], { peakUsd: '40', sharedUsd: '10' })).toHaveLength(1);
});

test('months that began before billing was turned on are never billed', () => {
  const trialEnd = Date.UTC(2026, 0, 31);
  const bills = subscriptionBills(deployment, trialEnd, {
    since: Date.UTC(2026, 2, 1),
    until: Date.UTC(2026, 4, 1),
  });
  expect(bills.map(({ subject }) => subject.slice(-10))).toEqual(['2026-03-31', '2026-04-30']);
});
