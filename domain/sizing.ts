import { refuseExposure, type ExposureRoom } from './brakes/entry-bounds.ts';
import type { Instrument } from './instrument.ts';
import { MAX_SLIPPAGE_PCT } from './entry-plan.ts';
import type { Side } from './ids.ts';
import { minimumSize, roundSizeDown } from './instrument.ts';
import { highestLeverage, liquidationPrice, type MaintenanceRule } from './liquidation.ts';
import { Amount, amount, decimalString, type DecimalString } from './money.ts';
import { accept, refuse, type Refusal, type Ruling } from './reasons.ts';
import { FULL_WEIGHT } from './weights.ts';

/**
 * How large a trade should be, before limits.
 * - `equityPercent`: notional = equity x `percent` (default {@link MAX_SCORED_PERCENT}); a market score scales it.
 * - `fixedNotional`: the same notional every time.
 * - `riskPercent`: the size whose loss at the stop is `percent` of equity (default {@link DEFAULT_RISK_PERCENT}).
 */
export type SizeModel =
  | { mode: 'equityPercent'; percent?: number }
  | { mode: 'fixedNotional'; notionalUsd: DecimalString }
  | { mode: 'riskPercent'; percent?: number };

export const DEFAULT_RISK_PERCENT = 2;
/** With a market score, equity percent runs from 0 at score 0 to this at score 1. */
export const MAX_SCORED_PERCENT = 10;

/** Limits of a deployment. */
export interface SizingLimits {
  /** Value of everything open in the account, the new trade included, over the account's equity. */
  maxLeverage: number;
  /** Largest notional of one trade; null is no such limit. */
  maxNotionalUsd: DecimalString | null;
  /** Positions of the deployment open at a time. */
  maxOpenPositions: number;
}

export const DEFAULT_LIMITS: SizingLimits = { maxLeverage: 1, maxNotionalUsd: null, maxOpenPositions: 3 };

export interface SizingRequest {
  model: SizeModel;
  side: Side;
  entryPrice: DecimalString;
  /** `riskPercent` needs it. Without one nothing is held against the price of liquidation. */
  stopPrice: DecimalString | null;
  /** -1 to 1 from the market indicators, or null where the agent does not use one. */
  marketScore: number | null;
  /** Part of the model's size that is traded, in percent; all of it unless given. */
  weightPct?: number;
  instrument: Pick<Instrument, 'lot' | 'minNotionalUsd' | 'maxLeverage'>;
  maintenance: MaintenanceRule;
  /** What backs the position: the whole account, or a margin set aside for it. */
  backedBy: 'account' | 'own_margin';
  account: {
    equityUsd: DecimalString;
    freeMarginUsd: DecimalString;
    /** Loss in USD that positions backed by the account can make before the venue liquidates them. */
    spareEquityUsd: DecimalString;
    /** Value in USD of every open position and every entry on its way in the account, the owner's included. */
    openUsd: DecimalString;
    /** Positions of the deployment. */
    openPositions: number;
  };
  /** What limits of exposure leave; undefined when there are none. */
  room?: ExposureRoom | undefined;
  /** Most that the notional of this trade may be of the account's equity. */
  leverage: number;
  limits: SizingLimits;
}

export type SizingCap =
  | 'trade_leverage'
  | 'account_leverage'
  | 'max_notional'
  | 'exposure'
  | 'free_margin'
  | 'liquidation';

/** Kept free for the fee of an entry, in percent of its value. */
const FEE_ROOM_PCT = 0.1;

/** A size the venue accepts. */
export interface Sizing {
  size: DecimalString;
  notionalUsd: DecimalString;
  /** At most that of the request: less where the stop would lie beyond the liquidation otherwise. */
  leverage: number;
  /** The margin the position takes at this leverage. */
  marginUsd: DecimalString;
  /** Where the venue would liquidate the position, before fees and funding; null where no price does it. */
  liquidationPrice: DecimalString | null;
  /** The cap that decided the size; null when the model's own size fitted. */
  cappedBy: SizingCap | null;
}

export type SizingRefusal =
  | 'limit_reached'
  | 'leverage_reached'
  | ExposureRoom['code']
  | 'score_not_positive'
  | 'stop_needed'
  | 'no_equity'
  | 'no_margin'
  | 'stop_beyond_liquidation'
  | 'too_small';

/** The size to trade: the model's wish under every cap, rounded down to the venue's lot; or why there is none. */
export function sizePosition(request: SizingRequest): Ruling<Sizing, SizingRefusal> {
  const hindrance = checkAccount(request);
  if (hindrance) return { ok: false, refusal: hindrance };
  const modelled = wishedNotional(request);
  if (modelled === null) return refuse('stop_needed');
  const { weightPct = FULL_WEIGHT } = request;
  const wish = weightPct === FULL_WEIGHT ? modelled : modelled.mul(weightPct).div(FULL_WEIGHT);
  const highest = leverageOfStop(request);
  const leverage = usableLeverage(request, highest);
  if (leverage < 1) return refuse('stop_beyond_liquidation');
  const { notional, cap } = capNotional(request, { wish, leverage, highest });
  const price = amount(request.entryPrice);
  const size = roundSizeDown(request.instrument, notional.div(price));
  const minimum = minimumSize(request.instrument, price);
  if (size.lt(minimum)) return refuseSize(request, size, minimum, cap);
  const value = size.mul(price);
  return accept({
    size: decimalString(size),
    notionalUsd: decimalString(value),
    leverage,
    marginUsd: decimalString(value.div(leverage).toDecimalPlaces(6, Amount.ROUND_UP)),
    liquidationPrice: liquidationPrice(request, value.div(backingOf(request, value, leverage)).toNumber()),
    cappedBy: cap,
  });
}

/** Returns what a position of this value can lose, in USD. */
const backingOf = ({ account, backedBy }: SizingRequest, value: Amount, leverage: number): Amount =>
  backedBy === 'account' ? amount(account.spareEquityUsd) : value.div(leverage);

function checkAccount({ account, limits, marketScore }: SizingRequest): Refusal<SizingRefusal> | null {
  const refused = (ruling: { refusal: Refusal<SizingRefusal> }) => ruling.refusal;
  if (account.openPositions >= limits.maxOpenPositions) {
    return refused(refuse('limit_reached', `Open: ${account.openPositions} of ${limits.maxOpenPositions}.`));
  }
  if (marketScore !== null && marketScore <= 0)
    return refused(refuse('score_not_positive', `It is ${marketScore.toFixed(2)}.`));
  if (amount(account.equityUsd).lte(0)) return refused(refuse('no_equity'));
  if (amount(account.freeMarginUsd).lte(0)) return refused(refuse('no_margin'));
  return null;
}

/** Returns the notional in USD that the size model asks for; null when it needs a stop and there is none. */
function wishedNotional({
  model,
  account,
  entryPrice,
  stopPrice,
  marketScore,
}: SizingRequest): Amount | null {
  const equity = amount(account.equityUsd);
  if (model.mode === 'fixedNotional') return amount(model.notionalUsd);
  if (model.mode === 'equityPercent') return equity.mul(equityPercent(model, marketScore)).div(100);
  if (stopPrice === null) return null;
  const entry = amount(entryPrice);
  const lossPerUnit = entry.sub(amount(stopPrice)).abs();
  if (lossPerUnit.isZero()) return null;
  return equity
    .mul(model.percent ?? DEFAULT_RISK_PERCENT)
    .div(100)
    .div(lossPerUnit)
    .mul(entry);
}

function equityPercent(model: { percent?: number }, marketScore: number | null): Amount {
  if (marketScore === null) return amount(model.percent ?? MAX_SCORED_PERCENT);
  return amount(Math.min(model.percent ?? MAX_SCORED_PERCENT, MAX_SCORED_PERCENT)).mul(
    Math.min(marketScore, 1),
  );
}

/** Returns the leverage of the trade: a whole number below what was asked for where its own margin has to last longer. */
function usableLeverage({ leverage, limits, instrument, backedBy }: SizingRequest, highest: number): number {
  const asked = Math.min(leverage, limits.maxLeverage, instrument.maxLeverage);
  return backedBy === 'account' || highest >= asked ? asked : Math.floor(highest);
}

/** Returns the highest leverage at which the stop comes before the liquidation. */
const leverageOfStop = ({ stopPrice, ...position }: SizingRequest): number =>
  stopPrice === null ? Infinity : highestLeverage(position, stopPrice);

/** The most that may be open in an account of this equity, in USD. */
export const openLimit = (
  equityUsd: DecimalString,
  { maxLeverage }: Pick<SizingLimits, 'maxLeverage'>,
): Amount => amount(equityUsd).mul(maxLeverage);

/**
 * Returns the margin that a unit of value takes at a leverage, with room for the fee. The margin follows the price of the
 * fill, which may be this much worse than the one decided at.
 */
export const marginRate = (leverage: number): Amount =>
  new Amount(1 + MAX_SLIPPAGE_PCT / 100).div(leverage).add(FEE_ROOM_PCT / 100);

function capNotional(
  { account, limits, backedBy, room }: SizingRequest,
  { wish, leverage, highest }: { wish: Amount; leverage: number; highest: number },
): { notional: Amount; cap: SizingCap | null } {
  const caps: [SizingCap, Amount][] = [
    ['trade_leverage', amount(account.equityUsd).mul(leverage)],
    ['account_leverage', Amount.max(openLimit(account.equityUsd, limits).sub(account.openUsd), 0)],
    ['free_margin', amount(account.freeMarginUsd).div(marginRate(leverage))],
  ];
  if (backedBy === 'account' && highest !== Infinity) {
    caps.push(['liquidation', Amount.max(amount(account.spareEquityUsd), 0).mul(highest)]);
  }
  if (limits.maxNotionalUsd !== null) caps.push(['max_notional', amount(limits.maxNotionalUsd)]);
  if (room) caps.push(['exposure', amount(room.leftUsd)]);
  let tightest: { notional: Amount; cap: SizingCap | null } = { notional: wish, cap: null };
  for (const [cap, notional] of caps) if (notional.lt(tightest.notional)) tightest = { notional, cap };
  return tightest;
}

function refuseSize(
  { account, limits, room }: SizingRequest,
  size: Amount,
  minimum: Amount,
  cap: SizingCap | null,
) {
  if (cap === 'account_leverage') {
    const limit = decimalString(openLimit(account.equityUsd, limits));
    return refuse('leverage_reached', `Open: ${account.openUsd} of ${limit} USD.`);
  }
  if (cap === 'exposure' && room) return { ok: false, refusal: refuseExposure(room) } as const;
  const particulars = `It comes to ${decimalString(size)}; the smallest is ${decimalString(minimum)}.`;
  if (cap === 'liquidation') return refuse('stop_beyond_liquidation', particulars);
  return cap === 'free_margin' ? refuse('no_margin', particulars) : refuse('too_small', particulars);
}
