import { Amount, amount, decimalString, type DecimalString } from '#domain/money.ts';

/**
 * Whole numbers on chain and the decimals behind them. Source: reference of the official SDK (`ostium.py`,
 * `utils.py`) and `IOstiumTradingStorage.sol`.
 */
export const SCALE = {
  /** USDC: collateral, fees, payouts. */
  usdc: 6,
  /** Prices, and sizes in units of what is traded. */
  price: 18,
  /** 10x is 1000. */
  leverage: 2,
  /** Percentages of a close (100 % is 10000) and of slippage (1 % is 100). */
  percent: 2,
} as const;

export type ScaleName = keyof typeof SCALE;

/** Returns a number in the scale of the chain. Digits finer than the scale are cut off, or rounded up with `up`. */
export function toChain(
  value: Amount | DecimalString | number,
  scale: ScaleName,
  rounding: 'down' | 'up' = 'down',
): bigint {
  const mode = rounding === 'up' ? Amount.ROUND_CEIL : Amount.ROUND_FLOOR;
  const shifted = amount(value).mul(new Amount(10).pow(SCALE[scale]));
  return BigInt(shifted.toDecimalPlaces(0, mode).toFixed(0));
}

export const fromChain = (value: bigint, scale: ScaleName): Amount =>
  new Amount(value.toString()).div(new Amount(10).pow(SCALE[scale]));

export const fromChainText = (value: bigint, scale: ScaleName): DecimalString =>
  decimalString(fromChain(value, scale));

/** The `closePercentage` that closes the whole trade. */
export const WHOLE = 10_000n;
