import type { Barriers, ExitReason } from './barriers.ts';
import type { BarrierPart } from './parse-barriers.ts';
import type { Side, Symbol, TradeId, VenueName } from './ids.ts';
import type { DecimalString } from './money.ts';
import { isLeaving, type TradePhase } from './trade-phases.ts';

/**
 * The life of a trade as a pure state machine: what happened goes in, what to do next comes out. The workflow
 * waits and performs commands; every decision about order and meaning of events is here.
 *
 * routing -> opening -> open -> closing -> settling -> closed, or skipped before anything was ordered.
 */
export type { TradePhase } from './trade-phases.ts';

export interface TradeState {
  tradeId: TradeId | null;
  phase: TradePhase;
  symbol: Symbol | null;
  side: Side | null;
  venue: VenueName | null;
  paused: boolean;
  /** Asked to close before the position was confirmed. */
  closeRequested: ExitReason | null;
  entrySize: DecimalString | null;
  entryPrice: DecimalString | null;
  remainingSize: DecimalString | null;
  stopPrice: DecimalString | null;
  takeProfitsFilled: number;
  /** The venue has refused to move the stop: to be tried again soon. */
  stopRefused: boolean;
  /** Why the last look at the position failed; it is repeated within a minute. */
  trouble: { code: string; text: string } | null;
  exitReason: ExitReason | null;
  refusal: { code: string; text: string } | null;
  netPnlUsd: DecimalString | null;
  billed: boolean;
}

/** State of a trade whose entry was concluded by an earlier run of its workflow, as it is recorded. */
export type TradeStanding = Pick<
  TradeState,
  'paused' | 'entrySize' | 'entryPrice' | 'remainingSize' | 'stopPrice' | 'exitReason' | 'netPnlUsd'
> & { phase: Exclude<TradePhase, 'routing' | 'opening' | 'skipped'> };

/**
 * State of the resident stop. `fits`: it rests as it should; `refused`: the venue refused to move it; `passed`: it was
 * not moved, because the price is through break-even already; `missing`: the venue refused it, and none rests.
 */
export type StopFit = 'fits' | 'refused' | 'passed' | 'missing';

export type TradeEvent =
  | {
      type: 'planned';
      tradeId: TradeId;
      symbol: Symbol;
      side: Side;
      venue: VenueName;
      /** An entry was sent, or may have been, and its end is not known. */
      isBegun?: boolean;
    }
  | {
      type: 'recalled';
      tradeId: TradeId;
      symbol: Symbol;
      side: Side;
      venue: VenueName;
      standing: TradeStanding;
    }
  | { type: 'refused'; tradeId: TradeId | null; code: string; text: string }
  | {
      type: 'opened';
      size: DecimalString;
      price: DecimalString;
      stopPrice: DecimalString | null;
      protected: boolean;
    }
  | { type: 'protected'; stopPrice: DecimalString }
  | { type: 'protectionFailed'; text: string }
  | { type: 'fillsBooked' }
  | {
      type: 'positionChanged';
      remainingSize: DecimalString;
      takeProfitsFilled: number;
      stopPrice: DecimalString | null;
      stop: StopFit;
      /** Set when nothing remains. */
      closedBy: ExitReason | null;
    }
  | { type: 'pauseRequested' }
  | { type: 'resumeRequested' }
  | { type: 'closeRequested'; reason: ExitReason }
  | { type: 'exitStarted'; reason: ExitReason }
  | { type: 'barriersAdjusted'; barriers: Barriers; none?: readonly BarrierPart[]; by: string; note?: string }
  /** A post of its author says to move the stop or to close a part. */
  | { type: 'postFollowed'; instructionId: string }
  | { type: 'safetyTimerFired' }
  | { type: 'stepEnded'; code: string; text: string }
  | { type: 'flat'; reason: ExitReason }
  | { type: 'settled'; netPnlUsd: DecimalString }
  | { type: 'billed' };

/** Commands that follow from an event. They are performed in order, and each is safe to perform again. */
export type TradeCommand =
  | { do: 'open' }
  | { do: 'protect' }
  | { do: 'arm' }
  | { do: 'pauseWatch' }
  | { do: 'resumeWatch' }
  | { do: 'reviewPosition' }
  | { do: 'adjustBarriers'; barriers: Barriers; none?: readonly BarrierPart[]; by: string; note?: string }
  | { do: 'followInstruction'; instructionId: string }
  | { do: 'close'; reason: ExitReason }
  | { do: 'confirmExit' }
  | { do: 'settle' }
  | { do: 'bill' }
  | { do: 'skip'; code: string; text: string };

export interface Step {
  trade: TradeState;
  commands: TradeCommand[];
}

/** Returns a trade before anything is known about it. */
export const newTrade = (): TradeState => ({
  tradeId: null,
  phase: 'routing',
  symbol: null,
  side: null,
  venue: null,
  paused: false,
  closeRequested: null,
  entrySize: null,
  entryPrice: null,
  remainingSize: null,
  stopPrice: null,
  takeProfitsFilled: 0,
  stopRefused: false,
  trouble: null,
  exitReason: null,
  refusal: null,
  netPnlUsd: null,
  billed: false,
});

/** Returns whether the trade has ended and nothing more will be done. */
export const isEnded = (trade: TradeState): boolean =>
  trade.phase === 'skipped' || (trade.phase === 'closed' && trade.billed);

/** Folds one event into the trade. Events that no longer matter in the phase change nothing. */
export function reduce(trade: TradeState, event: TradeEvent): Step {
  switch (event.type) {
    case 'planned':
      return onPlanned(trade, event);
    case 'recalled':
      return onRecalled(trade, event);
    case 'refused':
      return onRefused(trade, event);
    case 'opened':
      return onOpened(trade, event);
    case 'protected':
      return trade.phase === 'open' ? arm({ ...trade, stopPrice: event.stopPrice }) : unchanged(trade);
    case 'protectionFailed':
      return beginExit(trade, 'emergency');
    case 'fillsBooked':
    case 'safetyTimerFired':
      return trade.phase === 'open' ? { trade, commands: [{ do: 'reviewPosition' }] } : unchanged(trade);
    case 'positionChanged':
      return onPositionChanged(trade, event);
    case 'pauseRequested':
      return onPause(trade);
    case 'resumeRequested':
      return onResume(trade);
    case 'closeRequested':
      return onCloseRequested(trade, event.reason);
    case 'exitStarted':
      return trade.phase === 'open'
        ? {
            trade: { ...trade, phase: 'closing', exitReason: event.reason },
            commands: [{ do: 'confirmExit' }],
          }
        : unchanged(trade);
    case 'barriersAdjusted':
      return trade.phase === 'open' ? { trade, commands: [adjustmentOf(event)] } : unchanged(trade);
    case 'postFollowed':
      return onPostFollowed(trade, event.instructionId);
    case 'stepEnded':
      return unchanged({ ...trade, trouble: { code: event.code, text: event.text } });
    case 'flat':
      return onFlat(trade, event.reason);
    case 'settled':
      return trade.phase === 'settling'
        ? { trade: { ...trade, phase: 'closed', netPnlUsd: event.netPnlUsd }, commands: [{ do: 'bill' }] }
        : unchanged(trade);
    case 'billed':
      return unchanged({ ...trade, billed: true });
    default:
      return unchanged(event satisfies never);
  }
}

const adjustmentOf = ({ type: _type, ...asked }: Extract<TradeEvent, { type: 'barriersAdjusted' }>) =>
  ({ do: 'adjustBarriers', ...asked }) as const;

const unchanged = (trade: TradeState): Step => ({ trade, commands: [] });

function onPlanned(trade: TradeState, event: Extract<TradeEvent, { type: 'planned' }>): Step {
  if (trade.phase !== 'routing') return unchanged(trade);
  const planned = {
    ...trade,
    tradeId: event.tradeId,
    symbol: event.symbol,
    side: event.side,
    venue: event.venue,
  };
  // An entry that may have been sent is found out about first, and closed then.
  if (trade.closeRequested && !event.isBegun) return closedBeforeEntry(planned, trade.closeRequested);
  return { trade: { ...planned, phase: 'opening' }, commands: [{ do: 'open' }] };
}

/** Goes on from the recorded state: what a person has set stays, and nothing is ordered twice. */
function onRecalled(trade: TradeState, event: Extract<TradeEvent, { type: 'recalled' }>): Step {
  if (trade.phase !== 'routing') return unchanged(trade);
  const { tradeId, symbol, side, venue, standing } = event;
  const { closeRequested } = trade;
  const paused = trade.paused || standing.paused;
  const recalled: TradeState = { ...trade, tradeId, symbol, side, venue, ...standing, paused };
  if (standing.phase === 'open' && closeRequested) return beginExit(recalled, closeRequested);
  const commands = nextOf(standing);
  const isPausedAnew = trade.paused && !standing.paused && standing.phase === 'open';
  return { trade: recalled, commands: isPausedAnew ? [...commands, { do: 'pauseWatch' }] : commands };
}

function nextOf({ phase, stopPrice }: TradeStanding): TradeCommand[] {
  switch (phase) {
    case 'open':
      return stopPrice === null ? [{ do: 'protect' }] : [{ do: 'arm' }, { do: 'reviewPosition' }];
    case 'closing':
      return [{ do: 'confirmExit' }];
    case 'settling':
      return [{ do: 'settle' }];
    case 'closed':
      return [{ do: 'bill' }];
    default:
      return phase satisfies never;
  }
}

/** Skips the trade when a close was requested before anything was ordered. */
const closedBeforeEntry = (trade: TradeState, reason: ExitReason): Step => {
  const who = reason === 'exit_signal' ? 'A post of its author' : 'A person';
  const refusal = {
    code: 'closed_before_entry',
    text: `${who} closed the trade before its entry was sent.`,
  };
  return { trade: { ...trade, phase: 'skipped', refusal }, commands: [{ do: 'skip', ...refusal }] };
};

function onRefused(trade: TradeState, event: Extract<TradeEvent, { type: 'refused' }>): Step {
  if (trade.phase !== 'routing' && trade.phase !== 'opening') return unchanged(trade);
  const refusal = { code: event.code, text: event.text };
  return unchanged({ ...trade, tradeId: event.tradeId ?? trade.tradeId, phase: 'skipped', refusal });
}

function onOpened(trade: TradeState, event: Extract<TradeEvent, { type: 'opened' }>): Step {
  if (trade.phase !== 'opening') return unchanged(trade);
  const opened: TradeState = {
    ...trade,
    phase: 'open',
    entrySize: event.size,
    entryPrice: event.price,
    remainingSize: event.size,
    stopPrice: event.stopPrice,
  };
  if (trade.closeRequested) return beginExit(opened, trade.closeRequested);
  return event.protected ? arm(opened) : { trade: opened, commands: [{ do: 'protect' }] };
}

/** Arms the watch, and pauses it when a person has paused the trade while it was opening. */
const arm = (trade: TradeState): Step => ({
  trade,
  commands: trade.paused ? [{ do: 'arm' }, { do: 'pauseWatch' }] : [{ do: 'arm' }],
});

function onPositionChanged(trade: TradeState, event: Extract<TradeEvent, { type: 'positionChanged' }>): Step {
  if (trade.phase !== 'open') return unchanged(trade);
  const changed: TradeState = {
    ...trade,
    remainingSize: event.remainingSize,
    takeProfitsFilled: event.takeProfitsFilled,
    stopPrice: event.stopPrice,
    stopRefused: event.stop === 'refused',
    trouble: null,
  };
  if (!event.closedBy) return onOtherFit(changed, event.stop);
  return {
    trade: { ...changed, phase: 'closing', exitReason: event.closedBy },
    commands: [{ do: 'confirmExit' }],
  };
}

function onOtherFit(trade: TradeState, stop: StopFit): Step {
  if (stop === 'missing') return { trade, commands: [{ do: 'protect' }] };
  return stop === 'passed' && !trade.paused ? beginExit(trade, 'break_even') : unchanged(trade);
}

function onPause(trade: TradeState): Step {
  if (trade.paused || isLeaving(trade.phase)) return unchanged(trade);
  return {
    trade: { ...trade, paused: true },
    commands: trade.phase === 'open' ? [{ do: 'pauseWatch' }] : [],
  };
}

function onResume(trade: TradeState): Step {
  if (!trade.paused) return unchanged(trade);
  return {
    trade: { ...trade, paused: false },
    commands: trade.phase === 'open' ? [{ do: 'resumeWatch' }, { do: 'reviewPosition' }] : [],
  };
}

function onCloseRequested(trade: TradeState, reason: ExitReason): Step {
  // What a person has paused is closed by nobody but a person.
  if (reason === 'exit_signal' && trade.paused) return unchanged(trade);
  if (trade.phase === 'open') return beginExit(trade, reason);
  if (isLeaving(trade.phase)) return unchanged(trade);
  return unchanged({ ...trade, closeRequested: trade.closeRequested ?? reason });
}

function onPostFollowed(trade: TradeState, instructionId: string): Step {
  if (trade.phase !== 'open' || trade.paused) return unchanged(trade);
  return { trade, commands: [{ do: 'followInstruction', instructionId }] };
}

function beginExit(trade: TradeState, reason: ExitReason): Step {
  if (trade.phase !== 'open') return unchanged(trade);
  return {
    trade: { ...trade, phase: 'closing', exitReason: reason },
    commands: [{ do: 'close', reason }, { do: 'confirmExit' }],
  };
}

/** Ends the position with the reason of its fills: a stop that filled first wins over a close that was requested. */
function onFlat(trade: TradeState, reason: ExitReason): Step {
  if (trade.phase !== 'closing' && trade.phase !== 'open') return unchanged(trade);
  return {
    trade: { ...trade, phase: 'settling', remainingSize: '0', exitReason: reason },
    commands: [{ do: 'settle' }],
  };
}
