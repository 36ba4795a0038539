import type { Barriers, Level } from '#domain/barriers.ts';
import { direction, type Side } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';

/** Returns barriers with levels given as prices at their distance from an entry, so that they fit an entry elsewhere. */
export function relativeBarriers(
  barriers: Barriers,
  { side, entryPrice }: { side: Side; entryPrice: string },
): Barriers {
  const pctOf = (level: Level, sign: 1 | -1): Level =>
    'pct' in level
      ? level
      : {
          pct: amount(level.price)
            .div(entryPrice)
            .sub(1)
            .mul(100 * sign * direction(side))
            .toSignificantDigits(9)
            .toNumber(),
        };
  const { stopLoss, takeProfits, ...rest } = barriers;
  return {
    ...rest,
    ...(stopLoss && { stopLoss: pctOf(stopLoss, -1) }),
    ...(takeProfits && {
      takeProfits: takeProfits.map((rung) => ({ fraction: rung.fraction, ...pctOf(rung, 1) })),
    }),
  };
}
