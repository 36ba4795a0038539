import { DEFAULT_STOP_LOSS_PCT, type Barriers } from './barriers.ts';
import type { ExposureRoom } from './brakes/entry-bounds.ts';
import { MAX_SLIPPAGE_PCT, planLevels, stopTrigger, worstPrice, type EntryPlan } from './entry-plan.ts';
import type { TradeFees } from './fees.ts';
import type { Side, Symbol, VenueName } from './ids.ts';
import type { Instrument } from './instrument.ts';
import type { MaintenanceRule } from './liquidation.ts';
import { Amount, amount, decimalString, sum, type DecimalString } from './money.ts';
import { entrySide } from './order.ts';
import { refusal, type Refusal } from './reasons.ts';
import { openLimit, sizePosition, type SizeModel, type Sizing, type SizingLimits } from './sizing.ts';

/** A venue whose market can take the trade. */
export interface Target {
  venue: VenueName;
  instrument: Instrument;
  price: DecimalString;
}

/** A decision to trade. */
export interface Decision {
  venue: VenueName;
  plan: EntryPlan;
}

/** What a plan leaves in the account at its venue. */
export interface AccountRoom {
  /** Most that others may have planned or open in the account, in USD, so that the plan still fits. */
  freeUsd: DecimalString;
  /** Size of each position that the venue reports, without its side. */
  heldSizes: Readonly<Record<Symbol, DecimalString>>;
}

/** A decision with the room in the account that it takes. */
export interface SizedDecision extends Decision {
  room: AccountRoom;
}

/** What an account holds. */
export interface HeldAccount {
  equityUsd: DecimalString;
  /** Margin that an entry in the instrument may use. */
  freeMarginUsd: DecimalString;
  spareEquityUsd: DecimalString;
  positions: readonly { symbol: Symbol; size: DecimalString; valueUsd: DecimalString }[];
}

/** Holdings of an account: by its venue, and of entries that the venue does not show yet. */
export interface Holdings {
  account: HeldAccount;
  /** Value of what is planned in the account and not among its positions. */
  reservedUsd: DecimalString;
  fees: TradeFees;
  maintenance: MaintenanceRule;
  /** Each entry at the venue is a position of its own, with its own margin. */
  separatePositions: boolean;
}

/** A signal in one deployment, with what bounds the trade. */
export interface SizedSubject {
  signal: {
    symbol: Symbol;
    side: Side;
    barriers: Barriers;
    sizeModel: SizeModel;
    /** As the author asks for it; null leaves it to the deployment. */
    leverage: number | null;
    weightPct: number;
    expiresAt: number;
  };
  deployment: SizingLimits & { sizeModel: SizeModel | null };
  /** The market score that scales the size; null where none does. */
  marketScore: number | null;
  room?: ExposureRoom | undefined;
  /** Positions of the deployment. */
  openPositions: number;
  /** Is told of each check, with why it refuses, or null. */
  noteCheck: (name: 'instrument' | 'exits' | 'size', refused: Refusal | null) => void;
}

/** Sizes the entry of a signal at a venue under the limits of the deployment. Returns why there is none otherwise. */
export function sizeEntry(
  { signal, deployment, marketScore, room, openPositions, noteCheck }: SizedSubject,
  { venue, instrument, price }: Target,
  { account, reservedUsd, fees, maintenance, separatePositions }: Holdings,
): SizedDecision | Refusal {
  const held = account.positions.filter(({ size }) => !amount(size).isZero());
  const busy = refuseBusy(held, signal.symbol);
  noteCheck('instrument', busy);
  if (busy) return busy;
  const barriers = withStop(signal.barriers);
  const exits = planLevels({ instrument, side: signal.side, barriers }, '1', price);
  noteCheck('exits', exits.ok ? null : exits.refusal);
  if (!exits.ok) return exits.refusal;
  const leverage = leverageOf(signal, deployment, instrument);
  const heldUsd = sum(held.map(({ valueUsd }) => valueUsd));
  const sized = sizePosition({
    model: deployment.sizeModel ?? signal.sizeModel,
    side: signal.side,
    entryPrice: price,
    stopPrice: stopTrigger({ instrument, side: signal.side }, exits.value, price),
    marketScore,
    weightPct: signal.weightPct,
    instrument,
    maintenance,
    backedBy: separatePositions || instrument.onlyIsolated ? 'own_margin' : 'account',
    account: {
      ...account,
      openUsd: decimalString(heldUsd.add(reservedUsd)),
      openPositions,
    },
    room,
    leverage,
    limits: deployment,
  });
  noteCheck('size', sized.ok ? null : sized.refusal);
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

/** Returns why nothing more is opened in an instrument that an account holds; null where it holds none. */
export const refuseBusy = (
  held: readonly { symbol: Symbol }[],
  wanted: Symbol,
): Refusal<'instrument_busy'> | null =>
  held.some(({ symbol }) => symbol === wanted) ? refusal('instrument_busy') : null;

/** Returns the size held of each instrument, whatever its side. */
function sizesOf(held: HeldAccount['positions']): AccountRoom['heldSizes'] {
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
const leverageOf = (
  signal: SizedSubject['signal'],
  deployment: SizingLimits,
  instrument: Instrument,
): number => Math.min(signal.leverage ?? 1, deployment.maxLeverage, instrument.maxLeverage);

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
