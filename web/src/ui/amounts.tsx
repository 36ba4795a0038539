import {
  percent,
  price,
  signedPercent,
  signedUsd,
  signOf,
  size,
  usd,
  type Decimal,
} from '../format/money.ts';

const toneOf = (sign: number): string => (sign > 0 ? 'gain' : sign < 0 ? 'loss' : '');

/** Money in USD. */
export const Usd = ({ value }: { value: Decimal }) => <>{usd(value)}</>;

/** A profit or loss in USD: its sign is written, and coloured. */
export const Pnl = ({ value }: { value: Decimal }) => (
  <span className={toneOf(signOf(value))}>{signedUsd(value)}</span>
);

/** A price. */
export const Price = ({ value }: { value: Decimal }) => <>{price(value)}</>;

/** A size in units of the instrument. */
export const Size = ({ value }: { value: Decimal }) => <>{size(value)}</>;

/** A return in percent: its sign is written, and coloured. */
export const Return = ({ value }: { value: number | null }) => (
  <span className={toneOf(Math.sign(value ?? 0))}>{signedPercent(value)}</span>
);

/** A percentage without a direction. */
export const Percent = ({ value }: { value: number | null }) => <>{percent(value)}</>;
