import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import type { Opened, Planned, Refused } from '#activities/contract.ts';
import { isEnded, newTrade, reduce, type TradeEvent, type TradeState } from '#domain/trade.ts';
import { isTradeInput } from './inputs.ts';
import { listenToTrade, notOpen } from './listen-to-trade.ts';
import type { TradeInput } from './messages.ts';
import { performUnlessOvertaken } from './perform-command.ts';
import { enterTrade } from './trade-activities.ts';
import { describe, label, tag } from './trade-details.ts';
import { TradeInbox, type CarriedMessage, type Message, type MessageResult } from './trade-inbox.ts';

/** Time after which the position is looked at when no message comes; accounts are compared every minute as well. */
const SAFETY_INTERVAL = '6 hours';
/** Time after which a look that failed is repeated. */
const TROUBLED_INTERVAL = '1 minute';
/** Time after which a move of the stop is tried again, when the venue has refused it. */
const REFUSED_STOP_INTERVAL = '15 seconds';
/** Number of events after which a new run begins, so that little is replayed after a crash. */
const MAX_EVENTS = 500;

/** State that a trade carries into its next run. */
export interface CarriedTrade {
  trade: TradeState;
  agentName: string;
  /** Messages that are not handled yet. */
  messages?: CarriedMessage[];
}

/**
 * One signal in one deployment, from routing to bill. The workflow waits and performs; `reduce` in domain/trade.ts
 * decides what an event means and which commands follow.
 */
export async function tradeLifecycle(input: TradeInput, carried?: CarriedTrade): Promise<TradeState> {
  if (!isTradeInput(input))
    throw ApplicationFailure.nonRetryable('A trade has a signalId and a deploymentId.');
  const inbox = new TradeInbox(carried?.messages);
  // A cancelled workflow closes its position, because an end half-way would leave the position alone.
  CancellationScope.current().cancelRequested.catch(() => {
    inbox.put({ event: { type: 'closeRequested', reason: 'force_close' }, by: 'workflow cancellation' });
  });
  return CancellationScope.nonCancellable(() => live(input, inbox, carried));
}

async function live(input: TradeInput, inbox: TradeInbox, carried?: CarriedTrade): Promise<TradeState> {
  let trade = carried?.trade ?? newTrade();
  let agentName = carried?.agentName ?? '';
  /** Result of the entry, where it came with the plan. */
  let entry: Opened | Refused | null = null;
  listenToTrade(inbox, () => trade);
  if (!carried) {
    drainEarlyRequests();
    const planned = await enterTrade({ ...input, mayOpen: trade.closeRequested === null });
    if (planned.outcome === 'planned') {
      ({ agentName, entry } = planned);
      label(planned);
    }
    await handle(beginning(planned));
  }
  while (!isEnded(trade)) {
    const message = await nextMessage(inbox, () => trade);
    if (message) await handle(message.event, message);
    else await continueAsNew<typeof tradeLifecycle>(input, { trade, agentName, messages: inbox.carry() });
  }
  for (const message of inbox.takeAll()) message.done?.({ ok: true });
  await condition(allHandlersFinished);
  return trade;

  /** Applies an event and performs the commands that follow, then the events of those in turn. */
  async function handle(event: TradeEvent, message?: Message): Promise<void> {
    const before = trade.phase;
    // A request that came during a step counts for the next decision: after a plan that came with its entry, for the
    // decision about the entry.
    if (event.type !== 'planned' || entry === null) drainEarlyRequests();
    if (event.type === 'barriersAdjusted' && trade.phase !== 'open') {
      message?.done?.({ ok: false, error: notOpen(trade) });
      return;
    }
    const step = reduce(trade, event);
    trade = step.trade;
    if (trade.phase !== before) tag(trade);
    if (trade.phase !== before || TOLD.includes(event.type)) describe(trade, agentName);
    const result = await performAll(step.commands, message);
    message?.done?.(result);
  }

  /** Performs commands in order, until an end of the position overtakes one. */
  async function performAll(
    commands: ReturnType<typeof reduce>['commands'],
    message: Message | undefined,
  ): Promise<MessageResult> {
    for (const command of commands) {
      try {
        const { tradeId } = trade;
        if (!tradeId) throw ApplicationFailure.nonRetryable(`${command.do} before the trade is in the books`);
        const performance = { tradeId, by: message?.by ?? 'workflow', entry };
        const events = await performUnlessOvertaken(command, performance, inbox);
        if (events === null) return { ok: false, error: notOpen(trade) };
        for (const next of events) await handle(next);
      } catch (error) {
        if (!message?.done) throw error;
        return { ok: false, error };
      }
    }
    return { ok: true };
  }

  /** Applies requests that came before the entry, since they change what follows from its result. */
  function drainEarlyRequests(): void {
    if (trade.phase !== 'routing' && trade.phase !== 'opening') return;
    for (const message of inbox.takeEarlyRequests()) {
      trade = reduce(trade, message.event).trade;
      message.done?.({ ok: true });
    }
  }
}

/** Events after which the details are set again in any phase. */
const TOLD: readonly TradeEvent['type'][] = ['positionChanged', 'stepEnded'];

/** Returns the first event of a trade: its plan, its refusal, or its recorded state when an earlier run was lost. */
function beginning(planned: Planned | Refused): TradeEvent {
  if (planned.outcome === 'refused') {
    const { tradeId, code, text } = planned;
    return { type: 'refused', tradeId, code, text };
  }
  const { tradeId, symbol, side, venue, standing, isBegun = false } = planned;
  const known = { tradeId, symbol, side, venue };
  return standing ? { type: 'recalled', ...known, standing } : { type: 'planned', ...known, isBegun };
}

/** Returns the next message, or a safety look when none comes; null when a new run is due. */
async function nextMessage(inbox: TradeInbox, current: () => TradeState): Promise<Message | null> {
  const mayRenew = (): boolean => isLong() && isQuiet(current()) && inbox.canBeCarried();
  const isWoken = await condition(
    () => !inbox.isEmpty || (isLong() && isQuiet(current())),
    intervalOf(current()),
  );
  if (!inbox.isEmpty && !mayRenew()) return inbox.take() ?? null;
  return isWoken ? null : { event: { type: 'safetyTimerFired' } };
}

function intervalOf({
  trouble,
  stopRefused,
}: TradeState): typeof SAFETY_INTERVAL | typeof TROUBLED_INTERVAL | typeof REFUSED_STOP_INTERVAL {
  if (stopRefused) return REFUSED_STOP_INTERVAL;
  return trouble ? TROUBLED_INTERVAL : SAFETY_INTERVAL;
}

const isLong = (): boolean =>
  workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > MAX_EVENTS;

/**
 * Returns whether a new run can begin without losing anything. Asked right before it: a message that comes with the
 * task that ends the run makes the server run that task again.
 */
const isQuiet = (trade: TradeState): boolean => trade.phase === 'open' && allHandlersFinished();
