import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { WrittenLevel } from '../levels/level.ts';
import { isPrice, type Written } from './written.ts';

/** The reading of every price that lies nearest to the market, or else to the prices that leave no doubt. */
export function readWithMarket({ levels, price }: Written): WrittenLevel[] {
  const scaled = inOneScale(levels);
  const sure = scaled.find(
    (level) => isPrice(level) && level.number.other === null && level.number.scale === 1,
  );
  const anchor = price ?? sure?.number.value ?? null;
  const read =
    anchor === null ? scaled : scaled.map((level) => (isPrice(level) ? nearest(level, anchor) : level));
  return price === null ? read : inThousands(read, price);
}

function nearest(level: WrittenLevel, anchor: DecimalString): WrittenLevel {
  const { value, other } = level.number;
  if (other === null || distance(value, anchor) <= distance(other, anchor)) return level;
  return { ...level, number: { ...level.number, value: other, other: value } };
}

const distance = (one: DecimalString, other: DecimalString): number =>
  Math.abs(Math.log(Number(one) / Number(other)));

/** In "long 42k, stop 41" the 41 means 41k: a bare number a thousand times too small joins the written scale. */
function inOneScale(levels: readonly WrittenLevel[]): WrittenLevel[] {
  const anchor = levels.find(({ role, number }) => role !== 'leverage' && number.scale === 1_000);
  if (!anchor) return [...levels];
  return levels.map((level) => {
    if (level.role === 'leverage' || level.number.unit !== 'plain' || level.number.scale !== 1) return level;
    const scaled = amount(level.number.value).mul(1_000);
    const ratio = scaled.div(amount(anchor.number.value));
    if (ratio.lt(0.5) || ratio.gt(2)) return level;
    return { ...level, number: { ...level.number, value: decimalString(scaled), scale: 1_000 } };
  });
}

/** "Long 65, stop 64" at a market of 65,000: prices given in thousands, the entry among them. */
function inThousands(levels: readonly WrittenLevel[], price: DecimalString): WrittenLevel[] {
  const prices = levels.filter(isPrice);
  const isAThousandth = ({ number }: WrittenLevel) =>
    distance(decimalString(amount(number.value).mul(1_000)), price) < 0.35;
  if (!prices.some(({ role }) => role === 'entry') || !prices.every(isAThousandth)) return [...levels];
  return levels.map((level) =>
    isPrice(level)
      ? {
          ...level,
          number: {
            ...level.number,
            value: decimalString(amount(level.number.value).mul(1_000)),
            scale: 1_000,
          },
        }
      : level,
  );
}
