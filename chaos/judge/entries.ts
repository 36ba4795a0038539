import { amount, sum, type Amount } from '#domain/money.ts';
import type { TradePart } from './parts.ts';
import type { BookedTrade } from './record.ts';
import type { Violation } from './verdict.ts';

/** Shares of a size that a venue's own rounding explains. */
const ROUNDING = '1.000001';

/** Judges that one order at most opened the trade, and that it opened no more than was planned. */
export function judgeEntries(trade: BookedTrade, part: TradePart): Violation[] {
  const fills = part.fills.map(({ fill }) => fill).filter(({ leg }) => leg === 'entry');
  const orders = new Set(fills.map(({ orderId }) => orderId));
  const entered: Amount = sum(fills.map(({ size }) => amount(size)));
  const at = fills.at(-1)?.at ?? null;
  const found = (count: number, text: string): Violation[] => [
    { kind: 'doubledEntries', tradeId: trade.id, count, at, text },
  ];
  if (orders.size > 1)
    return found(orders.size - 1, `entered by ${orders.size} orders: ${[...orders].join(', ')}`);
  const planned = trade.plannedSize;
  if (planned !== null && entered.gt(amount(planned).mul(ROUNDING)))
    return found(1, `entered ${entered.toFixed()} where ${planned} was planned`);
  return [];
}

/** Judges that no order of the trade took more than the trade's own part. */
export function judgeExits(trade: BookedTrade, part: TradePart): Violation[] {
  return part.fills.flatMap(({ fill, beyond, fromOwner }): Violation[] => {
    if (trade.isAdopted) return [];
    const common = { tradeId: trade.id, count: 1, at: fill.at };
    return [
      ...(beyond.gt(0)
        ? [
            {
              ...common,
              kind: 'oversizedExits' as const,
              text: `an exit of ${fill.size} was ${beyond.toFixed()} too large`,
            },
          ]
        : []),
      ...(fromOwner.gt(0)
        ? [
            {
              ...common,
              kind: 'foreignTouched' as const,
              text: `an exit of ${fill.size} took ${fromOwner.toFixed()} of the owner's`,
            },
          ]
        : []),
    ];
  });
}
