import type { ClassifiedMessage, MessageKind, TradeInstruction } from '#classifiers/classifier.ts';
import { readInstructions } from '#classifiers/rules/instructions.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { FOLLOW_UP_LIFE_MS, type InstructionRef } from '#domain/reactions.ts';
import type { Market } from '#domain/judge-idea.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import type { Subscription } from '#prisma/repositories/subscriptions.ts';
import { lockStandingCalls, type StandingCall } from '#prisma/repositories/calls-of-author.ts';
import {
  createInstructions,
  listTradesOfAuthor,
  type AuthorsTrade,
  type InstructionDraft,
} from '#prisma/repositories/trade-instructions.ts';
import type { EvaluationInput } from './evaluate-message.ts';
import { withdrawCalls } from './withdraw-calls.ts';

/** What came of a post about open trades of its author. */
export interface FollowedPost {
  instructions: InstructionRef[];
  skips: SkipDraft[];
}

/** Kinds of message that say nothing about a trade of their author, whatever their words look like. */
const NEVER: readonly MessageKind[] = [
  'paper',
  'advert',
  'news',
  'instructions',
  'others',
  'question',
  'conditional',
  'contradiction',
];

/**
 * Writes down what a post tells to do with open trades of its author, for each agent that follows such posts, and why
 * nothing is done otherwise. Returns null when the post says nothing about such a trade: calls are judged by
 * `evaluateMessage`. Called again for one message it writes nothing new.
 */
export async function followPost(
  tx: DatabaseOrTransaction,
  { message, classified, subscriptions, market, now }: EvaluationInput,
): Promise<FollowedPost | null> {
  const said = instructionsOf(message, classified, market);
  if (said.length === 0) return null;
  const standing = await lockStandingCalls(tx, message.id, { agentIds: followingOf(subscriptions), now });
  const trades = await listTradesOfAuthor(
    tx,
    message.id,
    subscriptions.map(({ agentId }) => agentId),
  );
  const isLate = now - message.postedAt > FOLLOW_UP_LIFE_MS;
  const skips: SkipDraft[] = [];
  const drafts: InstructionDraft[] = [];
  let isHeard = false;
  for (const subscription of subscriptions) {
    const ofAgent = ({ agentId }: { agentId: string }): boolean => agentId === subscription.agentId;
    const own = trades.filter(ofAgent);
    const calls = standing.filter(ofAgent);
    const closed = said.flatMap((each) => closedCalls(each, { own, calls, market }));
    await withdrawCalls(tx, closed, now);
    if (own.length === 0 && closed.length === 0) continue;
    isHeard = true;
    const hindrance = refuseFollowing(subscription, isLate);
    if (hindrance) skips.push(toSkip(message.id, subscription, hindrance));
    else
      for (const instruction of said) {
        const judged = judge(instruction, { own, calls, market });
        drafts.push(...judged.drafts.map((draft) => ({ ...draft, messageId: message.id })));
        skips.push(...judged.refusals.map((each) => toSkip(message.id, subscription, each)));
      }
  }
  if (!isHeard && message.call?.action === 'close' && subscriptions.length > 0)
    return { instructions: [], skips: [nothingToClose(message)] };
  return isHeard ? { instructions: await createInstructions(tx, withoutRepeats(drafts)), skips } : null;
}

/** A call in fields that closes is no proposal of a trade, so that only this can be said of it. */
const nothingToClose = ({ id }: EvaluationInput['message']): SkipDraft => ({
  subject: skipSubjects.message(id),
  messageId: id,
  ...refusal(
    'no_open_trade',
    'A close ends trades that were taken on earlier messages of its source and author.',
  ),
});

const followingOf = (subscriptions: readonly Subscription[]): Subscription['agentId'][] =>
  subscriptions.flatMap(({ followUps, agentId }) => (followUps === 'follow' ? [agentId] : []));

/** Returns what a post tells to do: in its words, or in the fields of a call. */
function instructionsOf(
  { text, call }: EvaluationInput['message'],
  classified: ClassifiedMessage,
  { prices }: Market,
): TradeInstruction[] {
  if (call?.action === 'close') return [{ symbol: call.instrument, side: call.side, action: 'close' }];
  return mayInstruct(classified) ? readInstructions(text, prices) : [];
}

const mayInstruct = ({ label, kind }: ClassifiedMessage): boolean =>
  label !== 'call' && !(kind && NEVER.includes(kind));

const refuseFollowing = ({ followUps, agentName }: Subscription, isLate: boolean): Refusal | null => {
  if (followUps === 'ignore') return refusal('follow_up_ignored', `Agent: ${agentName}.`);
  return isLate ? refusal('stale', 'It is older than a day.') : null;
};

interface Judged {
  drafts: Omit<InstructionDraft, 'messageId'>[];
  refusals: Refusal[];
}

/** What a post may be about, of one agent: trades that are open, and calls that may still open some. */
interface About {
  own: readonly AuthorsTrade[];
  calls: readonly StandingCall[];
  market: Market;
}

/** Returns what one instruction means for the trades of one agent. */
function judge(instruction: TradeInstruction, { own, calls, market }: About): Judged {
  const { scale, meant } = subjectOf(instruction, own, market);
  if (isUnclear(instruction, { own: meant, calls }))
    return refused([refusal('follow_up_unclear', describe(instruction))]);
  if (meant.length === 0)
    return refused(own.length === 0 ? [] : [refusal('no_open_trade', describe(instruction))]);
  const paused = meant.filter(({ isPaused }) => isPaused);
  return {
    drafts: meant.filter((trade) => !trade.isPaused).map((trade) => toDraft(trade, instruction, scale)),
    refusals: paused.length === 0 ? [] : [refusal('trade_paused', describe(instruction))],
  };
}

const refused = (refusals: Refusal[]): Judged => ({ drafts: [], refusals });

/** Returns the trades or calls that an instruction speaks of, and how much their prices are of the ones that it names. */
function subjectOf<Subject extends Pick<AuthorsTrade, 'symbol' | 'side'>>(
  { symbol, side }: TradeInstruction,
  own: readonly Subject[],
  market: Market,
): { scale: 1 | 1000; meant: Subject[] } {
  const normal = symbol === null ? null : normaliseSymbol(symbol, market.listed);
  const known = normal?.ok ? normal.value : symbol;
  return {
    // A coin that its venue quotes by the thousand.
    scale: known !== null && known === `k${symbol}` ? 1000 : 1,
    meant: own.filter(
      (trade) => (known === null || trade.symbol === known) && (side === null || trade.side === side),
    ),
  };
}

function toDraft(
  { tradeId }: AuthorsTrade,
  { action, fraction, stop }: TradeInstruction,
  scale: 1 | 1000,
): Omit<InstructionDraft, 'messageId'> {
  if (action === 'reduce') return { tradeId, action, fraction: fraction ?? 0 };
  if (action === 'close') return { tradeId, action };
  return { tradeId, action, stopPrice: typeof stop === 'object' ? scaled(stop.price, scale) : null };
}

const scaled = (price: DecimalString, scale: 1 | 1000): DecimalString =>
  decimalString(amount(price).mul(scale));

/** A post that names no instrument is about the one that its author has called. */
const isUnclear = ({ symbol }: TradeInstruction, { own, calls }: Pick<About, 'own' | 'calls'>): boolean =>
  symbol === null &&
  (new Set(own.map(({ signalId }) => signalId)).size > 1 ||
    new Set([...own, ...calls].map((each) => each.symbol)).size > 1);

/** Returns the calls that a close is about: nothing is to be opened on them any more. */
function closedCalls(instruction: TradeInstruction, { own, calls, market }: About): StandingCall[] {
  if (instruction.action !== 'close' || isUnclear(instruction, { own, calls })) return [];
  return subjectOf(instruction, calls, market).meant;
}

/** A close of a trade goes before what else a post says about it; one instruction of each kind is enough. */
function withoutRepeats(drafts: readonly InstructionDraft[]): InstructionDraft[] {
  const closed = new Set(drafts.filter(({ action }) => action === 'close').map(({ tradeId }) => tradeId));
  const kept = drafts.filter(({ action, tradeId }) => action === 'close' || !closed.has(tradeId));
  return [...new Map(kept.map((each) => [`${each.tradeId}/${each.action}`, each])).values()];
}

const toSkip = (messageId: string, { agentId }: Subscription, { code, text }: Refusal): SkipDraft => ({
  subject: skipSubjects.followUp(messageId, agentId, code),
  messageId,
  code,
  text,
});

const describe = ({ action, symbol, side }: TradeInstruction): string => {
  const what = { close: 'close', reduce: 'reduce', move_stop: 'move the stop of' }[action];
  return `It says: ${[what, side, symbol ?? 'it'].filter((word) => word !== null).join(' ')}.`;
};
