import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { TRADE_NOT_OPEN } from '#domain/failure-types.ts';
import type { TradeEvent, TradeState } from '#domain/trade.ts';
import { readAdjustment, readExitReason, readFollowedPost, readSender } from './inputs.ts';
import {
  adjustBarriersUpdate,
  exitStartedSignal,
  fillsBookedSignal,
  followPostSignal,
  forceCloseSignal,
  pauseSignal,
  resumeSignal,
  tradeQuery,
} from './messages.ts';
import type { MessageResult, TradeInbox } from './trade-inbox.ts';

/** Sets the handlers of a trade, which put messages into the inbox; they are handled one at a time. */
export function listenToTrade(inbox: TradeInbox, current: () => TradeState): void {
  const take = (event: TradeEvent, note: unknown) => inbox.put({ event, ...readSender(note) });
  setHandler(tradeQuery, current);
  setHandler(pauseSignal, (note) => take({ type: 'pauseRequested' }, note));
  setHandler(resumeSignal, (note) => take({ type: 'resumeRequested' }, note));
  setHandler(forceCloseSignal, (note) => take({ type: 'closeRequested', reason: 'force_close' }, note));
  setHandler(fillsBookedSignal, () => take({ type: 'fillsBooked' }, undefined));
  setHandler(followPostSignal, (input) => {
    const event = readFollowedPost(input);
    if (event === null) inbox.putUnreadable('followPost');
    else take(event, input);
  });
  setHandler(exitStartedSignal, (input) => {
    const reason = readExitReason(input);
    if (reason === null) inbox.putUnreadable('exitStarted');
    else take({ type: 'exitStarted', reason }, undefined);
  });
  setHandler(adjustBarriersUpdate, (input) => adjust(inbox, current, input), {
    validator(input) {
      const asked = readAdjustment(input);
      if (!asked.ok) throw ApplicationFailure.nonRetryable(asked.text, 'InvalidBarriers');
      if (current().phase !== 'open') throw notOpen(current());
    },
  });
}

async function adjust(inbox: TradeInbox, current: () => TradeState, input: unknown): Promise<TradeState> {
  const asked = readAdjustment(input);
  if (!asked.ok) throw ApplicationFailure.nonRetryable(asked.text, 'InvalidBarriers');
  const { ok: _ok, ...exits } = asked;
  const { by } = exits;
  const result = await new Promise<MessageResult>((resolve) => {
    inbox.put({ event: { type: 'barriersAdjusted', ...exits }, by, done: resolve });
  });
  if (!result.ok) throw asFailure(result.error);
  return current();
}

/** Returns the failure that says why the exits of a trade cannot be changed. */
export const notOpen = ({ phase, closeRequested }: TradeState): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `The trade is ${phase === 'open' || closeRequested ? 'being closed' : phase}: only an open trade's exits can be changed.`,
    TRADE_NOT_OPEN,
  );

/** Returns an error as an application failure, since any other error would fail the workflow task. */
function asFailure(error: unknown): ApplicationFailure {
  const cause = error instanceof Error && error.cause instanceof ApplicationFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause;
  return ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error));
}
