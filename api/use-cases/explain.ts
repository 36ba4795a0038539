import type { Database } from '#prisma/client.ts';
import { readAgentNames } from '#prisma/repositories/agents.ts';
import { findMessageStory, type MessageStory } from '#prisma/repositories/message-stories.ts';
import { findIds, type OfUser } from '#prisma/repositories/visible-rows.ts';
import { readSignal, type SignalRow } from '#prisma/repositories/signals.ts';
import { findTradeView, listTrades, type TradeView } from '#prisma/repositories/trade-views.ts';
import { ProblemError } from '../problem.ts';
import type { Explanation } from '../schemas/explanation.ts';
import { describeSignals } from './describe-signals.ts';

/** Trades that are shown of one signal. */
const MAX_TRADES = 50;

type Subject = Explanation['subject'];

/**
 * Returns the way from the words of a message to its trades or refusals, for the message, one of its signals or one of
 * its trades. Throws `nothing_found`, and `id_ambiguous` for a part of several ids.
 */
export async function explain(
  db: Database,
  part: string,
  { now, ...whose }: { now: number } & OfUser,
): Promise<Explanation> {
  const subject = await findSubject(db, part, whose);
  const { messageId, signals, trade } = await read(db, subject);
  const message = messageId === null ? null : await findMessageStory(db, messageId);
  const rows = message && subject.kind === 'message' ? await readSignals(db, message.signalIds) : signals;
  const [described, names, trades] = await Promise.all([
    describeSignals(db, rows, { now, ...whose }),
    readAgentNames(
      db,
      rows.map(({ agentId }) => agentId),
    ),
    Promise.all(
      rows.map(async ({ id }) =>
        trade ? [trade] : listTrades(db, { signalId: id, limit: MAX_TRADES, ...whose }),
      ),
    ),
  ]);
  return {
    subject,
    message: message && toMessage(whose.ofUser === undefined ? message : withoutOthers(message)),
    signals: described.map((signal, index) => ({
      ...signal,
      agentName: names.get(signal.agentId) ?? '-',
      trades: trades[index] ?? [],
    })),
  };
}

const KINDS = [
  ['message', 'source_message'],
  ['signal', 'signal'],
  ['trade', 'trade'],
] as const;

async function findSubject(db: Database, part: string, whose: OfUser): Promise<Subject> {
  const found = await Promise.all(
    KINDS.map(async ([kind, table]) => (await findIds(db, table, part, whose)).map((id) => ({ kind, id }))),
  );
  const [subject, other] = found.flat();
  if (!subject) throw new ProblemError('nothing_found', `There is no message, signal or trade ${part}.`);
  if (other)
    throw new ProblemError(
      'id_ambiguous',
      `${subject.kind} ${subject.id} and ${other.kind} ${other.id} match ${part}.`,
    );
  return subject;
}

interface Read {
  messageId: string | null;
  signals: readonly SignalRow[];
  /** The one trade that is asked about; null for all of a signal. */
  trade: TradeView | null;
}

async function read(db: Database, { kind, id }: Subject): Promise<Read> {
  if (kind === 'message') return { messageId: id, signals: [], trade: null };
  const trade = kind === 'trade' ? await findTradeView(db, id) : null;
  const signals = await readSignals(db, [trade?.signalId ?? id]);
  return { messageId: signals[0]?.messageId ?? null, signals, trade };
}

const readSignals = async (db: Database, ids: readonly string[]): Promise<SignalRow[]> =>
  (await Promise.all(ids.map((id) => readSignal(db, id)))).filter((row) => row !== null);

/** What a message did beyond one signal may concern agents and trades of others. */
const withoutOthers = (message: MessageStory): MessageStory => ({
  ...message,
  signalIds: [],
  instructions: [],
  held: [],
  skips: [],
});

const toMessage = (message: MessageStory): Explanation['message'] => ({
  ...message,
  revisions: [...message.revisions],
  instructions: [...message.instructions],
  held: [...message.held],
  skips: [...message.skips],
  classifications: message.classifications.map((each) => ({
    ...each,
    reasons: [...each.reasons],
    ideas: each.ideas.map((idea) => ({ ...idea, problem: idea.problem ?? null })),
  })),
});
