import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { EXIT_REASONS, type Barriers, type ExitReason } from '#domain/barriers.ts';
import {
  isEnded,
  newTrade,
  reduce,
  type TradeCommand,
  type TradeEvent,
  type TradeState,
} from '#domain/trade.ts';
import type { Opened, Refused } from '#activities/contract.ts';
import type { TradeId } from '#domain/ids.ts';
import { SEARCH_ATTRIBUTES } from '#temporal/search-attributes.ts';
import {
  adjustBarriersUpdate,
  closePositionUpdate,
  exitStartedSignal,
  fillsBookedSignal,
  forceCloseSignal,
  pauseSignal,
  resumeSignal,
  tradeQuery,
  type OperatorNote,
  type TradeInput,
} from './messages.ts';
import {
  adjustBarriers,
  armWatch,
  billTrade,
  closePosition,
  confirmExit,
  enterTrade,
  openPosition,
  pauseWatch,
  protectSoon,
  resumeWatch,
  reviewPosition,
  settleTrade,
  skipTrade,
} from './trade-activities.ts';

/** Without any message, how long until the position is looked at; accounts are compared every minute besides. */
const SAFETY_INTERVAL = '6 hours';
/** The same while the stop stands where the venue refused to move it from. */
const REFUSED_STOP_INTERVAL = '15 seconds';
/** A run with more events than this goes on in a new one: what is replayed after a crash stays small. */
const MAX_EVENTS = 500;

/** What a trade carries into its next run. */
export interface CarriedTrade {
  trade: TradeState;
  agentName: string;
}

/**
 * One signal in one deployment, from routing to bill. The workflow waits and performs; what an event means and
 * what follows from it is decided by `reduce` in domain/trade.ts.
 */
export async function tradeLifecycle(input: TradeInput, carried?: CarriedTrade): Promise<TradeState> {
  const inbox: Message[] = [];
  // Giving up half-way would leave a position alone: who cancels the workflow means its position to be closed.
  CancellationScope.current().cancelRequested.catch(() => {
    inbox.push({ event: { type: 'closeRequested', reason: 'force_close' }, by: 'workflow cancellation' });
  });
  return CancellationScope.nonCancellable(() => live(input, inbox, carried));
}

async function live(input: TradeInput, inbox: Message[], carried?: CarriedTrade): Promise<TradeState> {
  let trade = carried?.trade ?? newTrade();
  let agentName = carried?.agentName ?? '';
  /** The entry's end, where it came with the plan. */
  let entry: Opened | Refused | null = null;
  listen(inbox, () => trade);
  if (!carried) {
    drainEarlyRequests();
    const planned = await enterTrade({ ...input, mayOpen: trade.closeRequested === null });
    if (planned.outcome === 'planned') {
      ({ agentName, entry } = planned);
      label(planned);
    }
    await handle(
      planned.outcome === 'planned'
        ? {
            type: 'planned',
            tradeId: planned.tradeId,
            symbol: planned.symbol,
            side: planned.side,
            venue: planned.venue,
          }
        : { type: 'refused', tradeId: planned.tradeId, code: planned.code, text: planned.text },
    );
  }
  while (!isEnded(trade)) {
    const message = await nextMessage(inbox, () => trade);
    if (message) await handle(message.event, message);
    else await continueAsNew<typeof tradeLifecycle>(input, { trade, agentName });
  }
  for (const message of inbox.splice(0)) message.done?.({ ok: true });
  await condition(allHandlersFinished);
  return trade;

  /** Folds an event in and performs what it calls for; the events of those steps are folded in turn. */
  async function handle(event: TradeEvent, message?: Message): Promise<void> {
    const before = trade.phase;
    // What a person asked for while a step was under way must reach the next decision, not the one after: after a
    // plan that came with its entry, that is the decision about the entry.
    if (event.type !== 'planned' || entry === null) drainEarlyRequests();
    const step = reduce(trade, event);
    trade = step.trade;
    if (trade.phase !== before) tag(trade);
    if (trade.phase !== before || event.type === 'positionChanged') describe(trade, agentName);
    let failure: unknown;
    for (const command of step.commands) {
      try {
        for (const next of await perform(command, trade, message?.by ?? 'workflow', entry))
          await handle(next);
      } catch (error) {
        if (!message?.done) throw error;
        failure = error;
        break;
      }
    }
    message?.done?.(failure === undefined ? { ok: true } : { ok: false, error: failure });
  }

  /** Close and pause requests that came before the entry: they change what the entry's answer leads to. */
  function drainEarlyRequests(): void {
    if (trade.phase !== 'routing' && trade.phase !== 'opening') return;
    const requests = inbox.filter(({ event }) => EARLY_REQUESTS.includes(event.type));
    // What the watcher has to say about the position keeps until there is one.
    inbox.splice(0, inbox.length, ...inbox.filter((message) => !requests.includes(message)));
    for (const message of requests) {
      trade = reduce(trade, message.event).trade;
      message.done?.({ ok: true });
    }
  }
}

/** What a person may ask of a trade that is not open yet. */
const EARLY_REQUESTS: readonly TradeEvent['type'][] = ['pauseRequested', 'resumeRequested', 'closeRequested'];

/** Something that was said to the trade. */
interface Message {
  event: TradeEvent;
  by?: string;
  done?: (result: { ok: true } | { ok: false; error: unknown }) => void;
}

/** Handlers only take messages in; they are dealt with one at a time, in the order they came. */
function listen(inbox: Message[], current: () => TradeState): void {
  const take = (event: TradeEvent, note?: OperatorNote) => {
    inbox.push({ event, by: note?.by ?? 'operator' });
  };
  setHandler(tradeQuery, current);
  setHandler(pauseSignal, (note) => take({ type: 'pauseRequested' }, note));
  setHandler(resumeSignal, (note) => take({ type: 'resumeRequested' }, note));
  setHandler(forceCloseSignal, (note) => take({ type: 'closeRequested', reason: 'force_close' }, note));
  setHandler(exitStartedSignal, ({ reason }) => take({ type: 'exitStarted', reason: knownReason(reason) }));
  setHandler(fillsBookedSignal, () => take({ type: 'fillsBooked' }));
  setHandler(
    closePositionUpdate,
    async (note) => {
      take({ type: 'closeRequested', reason: 'force_close' }, note);
      await condition(() => isEnded(current()));
      return current();
    },
    { validator: (_note: OperatorNote) => refuseEnded(current()) },
  );
  setHandler(
    adjustBarriersUpdate,
    async ({ barriers, by }) => {
      const result = await new Promise<{ ok: true } | { ok: false; error: unknown }>((resolve) => {
        inbox.push({ event: { type: 'barriersAdjusted', barriers, by }, by, done: resolve });
      });
      if (!result.ok) throw asFailure(result.error);
      return current();
    },
    {
      validator: (_request: { barriers: Barriers; by: string }) => {
        const { phase } = current();
        if (phase !== 'open')
          throw new Error(`The trade is ${phase}: only an open trade's exits can be changed.`);
      },
    },
  );
}

/** Signals may be sent by hand: a reason nobody knows is no reason to leave the exit unconfirmed. */
const knownReason = (reason: string): ExitReason =>
  EXIT_REASONS.find((each) => each === reason) ?? 'closed_at_venue';

function refuseEnded(trade: TradeState): void {
  if (isEnded(trade)) throw new Error(`The trade has ended (${trade.phase}).`);
}

/** An update that fails must fail as an application failure; anything else would fail the workflow task. */
function asFailure(error: unknown): ApplicationFailure {
  const cause = error instanceof Error && error.cause instanceof ApplicationFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause;
  return ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error));
}

/** The next message, or the safety timer when none comes; null when the time has come for a new run. */
async function nextMessage(inbox: Message[], current: () => TradeState): Promise<Message | null> {
  const isDue = (): boolean => isLong() && isQuiet(current(), inbox);
  const interval = current().stopRefused ? REFUSED_STOP_INTERVAL : SAFETY_INTERVAL;
  const isWoken = await condition(() => inbox.length > 0 || isDue(), interval);
  return inbox.shift() ?? (isWoken ? null : { event: { type: 'safetyTimerFired' } });
}

const isLong = (): boolean =>
  workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > MAX_EVENTS;

/**
 * Whether nothing would be lost or cut short by going on in a new run. To be asked right before: a message that
 * comes with the very task that ends the run makes the server run that task again, with the message in it.
 */
const isQuiet = (trade: TradeState, inbox: readonly Message[]): boolean =>
  inbox.length === 0 && trade.phase === 'open' && allHandlersFinished();

/** Performs one command and answers with what came of it. */
async function perform(
  command: TradeCommand,
  trade: TradeState,
  by: string,
  entry: Opened | Refused | null,
): Promise<TradeEvent[]> {
  const { tradeId } = trade;
  if (!tradeId) throw ApplicationFailure.nonRetryable(`${command.do} before the trade is in the books`);
  switch (command.do) {
    case 'open': {
      const opened = entry ?? (await openPosition({ tradeId }));
      if (opened.outcome === 'refused') return [{ type: 'refused', ...opened }];
      const { size, price, stopPrice } = opened;
      return [{ type: 'opened', size, price, stopPrice, protected: opened.protected }];
    }
    case 'protect':
      return [await protect(tradeId)];
    case 'arm':
      await armWatch({ tradeId });
      return [];
    case 'pauseWatch':
      await pauseWatch({ tradeId, by });
      return [];
    case 'resumeWatch':
      await resumeWatch({ tradeId, by });
      return [];
    case 'reviewPosition':
      return [{ type: 'positionChanged', ...(await reviewPosition({ tradeId })) }];
    case 'adjustBarriers': {
      const { barriers } = command;
      return [{ type: 'positionChanged', ...(await adjustBarriers({ tradeId, barriers, by: command.by })) }];
    }
    case 'close':
      await closePosition({ tradeId, reason: command.reason, by });
      return [];
    case 'confirmExit':
      return [{ type: 'flat', ...(await confirmExit({ tradeId })) }];
    case 'settle':
      return [{ type: 'settled', ...(await settleTrade({ tradeId })) }];
    case 'bill':
      await billTrade({ tradeId });
      return [{ type: 'billed' }];
    case 'skip':
      await skipTrade({ tradeId, code: command.code, text: command.text });
      return [];
    default:
      return command satisfies never;
  }
}

/** A filled entry without a stop: place one within seconds, or get out. */
async function protect(tradeId: TradeId): Promise<TradeEvent> {
  try {
    const result = await protectSoon({ tradeId });
    if ('stopPrice' in result) return { type: 'protected', stopPrice: result.stopPrice };
    return { type: 'protectionFailed', text: result.failed };
  } catch (error) {
    log.error('the stop could not be placed', { tradeId, error: String(error) });
    return { type: 'protectionFailed', text: error instanceof Error ? error.message : String(error) };
  }
}

function label(planned: {
  venue: string;
  symbol: string;
  side: string;
  agentName: string;
  deploymentId: string;
}): void {
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.venue, value: planned.venue },
    { key: SEARCH_ATTRIBUTES.instrument, value: planned.symbol },
    { key: SEARCH_ATTRIBUTES.side, value: planned.side },
    { key: SEARCH_ATTRIBUTES.agent, value: planned.agentName },
    { key: SEARCH_ATTRIBUTES.deployment, value: planned.deploymentId },
  ]);
}

/** What trades are found by. Each time is an event: not to be said again while it stays the same. */
const tag = (trade: TradeState): void =>
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.phase, value: trade.phase },
    ...(trade.exitReason ? [{ key: SEARCH_ATTRIBUTES.exitReason, value: trade.exitReason }] : []),
  ]);

/** What a person sees in the Web UI without opening a payload. */
function describe(trade: TradeState, agentName: string): void {
  const lines = [
    `**${trade.phase}** ${trade.side ?? ''} ${trade.symbol ?? ''} ${trade.venue ? `on ${trade.venue}` : ''} for ${agentName}`,
    trade.entryPrice && `Entry ${trade.entrySize} at ${trade.entryPrice}, ${trade.remainingSize} open`,
    trade.stopPrice &&
      trade.phase === 'open' &&
      `Stop ${trade.stopPrice}, ${trade.takeProfitsFilled} targets filled`,
    trade.paused && 'Paused: automatic exits are off, what rests at the venue stays',
    trade.exitReason && `Exit: ${trade.exitReason}`,
    trade.refusal && `Not traded (${trade.refusal.code}): ${trade.refusal.text}`,
    trade.netPnlUsd && `Net ${trade.netPnlUsd} USD`,
  ];
  setCurrentDetails(lines.filter(Boolean).join('\n\n'));
}
