import { DEFAULT_STOP_LOSS_PCT, type Barriers } from '#domain/barriers.ts';
import { MAX_SLIPPAGE_PCT, planProtection, worstPrice, type EntryPlan } from '#domain/entry-plan.ts';
import type { TradeFees } from '#domain/fees.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { Amount, amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { entrySide } from '#domain/order.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import { openLimit, sizePosition, type Sizing } from '#domain/sizing.ts';
import type { DecidingDeployment } from '#prisma/repositories/begin-decision.ts';
import type { AccountRoom } from '#prisma/repositories/trade-plans.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import type { AccountState, Capabilities, VenuePosition } from '#venues/venue.ts';
import { freeMarginOf } from '../execution/free-margin.ts';
import type { Target } from './choose-venue.ts';
import type { Subject } from './subject.ts';

/** A decision to trade. */
export interface Decision {
  venue: VenueName;
  plan: EntryPlan;
}

/** A decision with the room in the account that it takes. */
export interface SizedDecision extends Decision {
  room: AccountRoom;
}

/** Holdings of an account: by its venue, and of entries that the venue does not show yet. */
export interface Holdings {
  account: AccountState;
  /** Value of what is planned in the account and not among its positions. */
  reservedUsd: DecimalString;
  fees: TradeFees;
  /** How its venue margins and liquidates. */
  capabilities: Pick<Capabilities, 'maintenance' | 'separatePositions'>;
}

/** Sizes the entry of a signal at a venue under the limits of the deployment. Returns why there is none otherwise. */
export function sizeEntry(
  { signal, deployment, survey, score, bounds, noteCheck }: Subject,
  { venue, instrument, price }: Target,
  { account, reservedUsd, fees, capabilities }: Holdings,
): SizedDecision | Refusal {
  const held = account.positions.filter(({ size }) => !amount(size).isZero());
  const busy = held.some(({ symbol }) => symbol === signal.symbol) ? refusal('instrument_busy') : null;
  noteCheck({ name: 'instrument', venue, refusal: busy });
  if (busy) return busy;
  const barriers = withStop(signal.barriers);
  const exits = planProtection({ instrument, side: signal.side, barriers }, '1', price);
  noteCheck({ name: 'exits', venue, refusal: exits.ok ? null : exits.refusal });
  if (!exits.ok) return exits.refusal;
  const leverage = leverageOf(signal, deployment, instrument);
  const { maintenance, separatePositions } = capabilities;
  const heldUsd = sum(held.map(({ valueUsd }) => valueUsd));
  const sized = sizePosition({
    model: deployment.sizeModel ?? signal.sizeModel,
    side: signal.side,
    entryPrice: price,
    stopPrice: exits.value.legs.find(({ leg }) => leg === 'stop')?.triggerPrice ?? null,
    marketScore: score.sizedBy,
    weightPct: signal.weightPct,
    instrument,
    maintenance,
    backedBy: separatePositions || instrument.onlyIsolated ? 'own_margin' : 'account',
    account: {
      ...account,
      freeMarginUsd: freeMarginOf(account, instrument),
      openUsd: decimalString(heldUsd.add(reservedUsd)),
      openPositions: survey.openPositions,
    },
    room: bounds.room,
    leverage,
    limits: deployment,
  });
  noteCheck({ name: 'size', venue, refusal: sized.ok ? null : sized.refusal });
  if (!sized.ok) return sized.refusal;
  const terms = {
    instrument,
    price,
    side: signal.side,
    barriers,
    fees,
    leverage: sized.value.leverage,
    expiresAt: signal.expiresAt,
  };
  const freeUsd = openLimit(account.equityUsd, deployment).sub(heldUsd).sub(sized.value.notionalUsd);
  return {
    venue,
    plan: planEntry(terms, sized.value),
    room: { freeUsd: decimalString(freeUsd), heldSizes: sizesOf(held) },
  };
}

/** Returns the size held of each instrument, whatever its side. */
function sizesOf(held: readonly VenuePosition[]): AccountRoom['heldSizes'] {
  const sizes: Record<string, DecimalString> = {};
  for (const { symbol, size } of held)
    sizes[symbol] = decimalString(amount(sizes[symbol] ?? '0').add(new Amount(size).abs()));
  return sizes;
}

/** No position is opened without a stop, whatever the signal leaves out. */
const withStop = (barriers: Barriers): Barriers =>
  barriers.stopLoss || (barriers.trailing && barriers.trailing.length > 0)
    ? barriers
    : { ...barriers, stopLoss: { pct: DEFAULT_STOP_LOSS_PCT } };

/** Without the author's word the deployment's limit is a ceiling, not a wish: 1x. */
const leverageOf = (signal: SignalRow, deployment: DecidingDeployment, instrument: Instrument): number =>
  Math.min(signal.leverage ?? 1, deployment.maxLeverage, instrument.maxLeverage);

function planEntry(
  {
    price,
    ...planned
  }: { price: DecimalString } & Pick<
    EntryPlan,
    'instrument' | 'side' | 'barriers' | 'fees' | 'leverage' | 'expiresAt'
  >,
  { size: sized, liquidationPrice }: Sizing,
): EntryPlan {
  return {
    ...planned,
    size: sized,
    liquidationPrice,
    referencePrice: price,
    worstPrice: worstPrice(planned.instrument, entrySide(planned.side), price, MAX_SLIPPAGE_PCT),
  };
}
