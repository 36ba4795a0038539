import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { ms, msOrNull, text, textOrNull } from '#prisma/repositories/rows.ts';
import { listTrades } from '#prisma/repositories/trade-views.ts';

/** The agents, deployments and sources whose records are read. */
export interface RunScope {
  agentIds: readonly string[];
  deploymentIds: readonly string[];
  sourceAccountIds: readonly string[];
}

/** Most rows that are read of each table; a demo makes far fewer. */
const MAX_ROWS = 5_000;

/** Everything that the agents of a run have read, decided and done, each list oldest first. */
export type RunRecord = Awaited<ReturnType<typeof readRunRecord>>;

/** Reads the records of a run, from the first message to the last bill. */
export async function readRunRecord(db: DatabaseOrTransaction, scope: RunScope) {
  const [messages, signals, skips, trades, orders, events, bills] = await Promise.all([
    readMessages(db, scope),
    readSignals(db, scope),
    readSkips(db, scope),
    readTrades(db, scope),
    readOrders(db, scope),
    readEvents(db, scope),
    readBills(db, scope),
  ]);
  return { messages, signals, skips, trades, orders, events, bills };
}

async function readMessages(db: DatabaseOrTransaction, { sourceAccountIds }: RunScope) {
  const rows = await db.sourceMessage.findMany({
    where: { sourceAccountId: { in: [...sourceAccountIds] } },
    orderBy: { id: 'asc' },
    take: MAX_ROWS,
  });
  return rows.map(({ id, author, text: words, receivedAt, evaluatedAt }) => ({
    id,
    author,
    text: words,
    at: ms(receivedAt),
    evaluatedAt: msOrNull(evaluatedAt),
  }));
}

async function readSignals(db: DatabaseOrTransaction, { agentIds }: RunScope) {
  const rows = await db.signal.findMany({
    where: { agentId: { in: [...agentIds] } },
    orderBy: { id: 'asc' },
    take: MAX_ROWS,
    include: { agent: { select: { name: true } } },
  });
  return rows.map(({ id, agent, symbol, side, confidence, referencePrice, createdAt }) => ({
    id,
    agentName: agent.name,
    symbol,
    side,
    confidence,
    referencePrice: textOrNull(referencePrice),
    at: ms(createdAt),
  }));
}

async function readSkips(db: DatabaseOrTransaction, scope: RunScope) {
  const { agentIds, deploymentIds, sourceAccountIds } = scope;
  const rows = await db.skippedSignal.findMany({
    where: {
      OR: [
        { deploymentId: { in: [...deploymentIds] } },
        { signal: { agentId: { in: [...agentIds] } } },
        { message: { sourceAccountId: { in: [...sourceAccountIds] } } },
        ...sourceAccountIds.map((id) => ({ subject: { startsWith: `malformed/${id}/` } })),
      ],
    },
    orderBy: { id: 'asc' },
    take: MAX_ROWS,
    include: {
      message: { select: { author: true, text: true } },
      signal: { select: { symbol: true, side: true, message: { select: { author: true, text: true } } } },
    },
  });
  return rows.map(({ id, code, text: why, signalId, message, signal, createdAt }) => ({
    id,
    code,
    text: why,
    signalId,
    message: message ?? signal?.message ?? null,
    instrument: signal && { symbol: signal.symbol, side: signal.side },
    at: ms(createdAt),
  }));
}

async function readTrades(db: DatabaseOrTransaction, { deploymentIds }: RunScope) {
  const lists = await Promise.all(
    deploymentIds.map((deploymentId) => listTrades(db, { deploymentId, limit: MAX_ROWS })),
  );
  return lists.flat().sort((a, b) => a.createdAt - b.createdAt);
}

async function readOrders(db: DatabaseOrTransaction, { deploymentIds }: RunScope) {
  const rows = await db.order.findMany({
    where: { trade: { deploymentId: { in: [...deploymentIds] } }, sentAt: { not: null } },
    orderBy: { id: 'asc' },
    take: MAX_ROWS,
  });
  return rows.map((row) => ({
    id: row.id,
    tradeId: row.tradeId,
    leg: row.leg,
    legNumber: row.legNumber,
    side: row.side,
    size: text(row.placedSize ?? row.size),
    price: text(row.price),
    triggerPrice: textOrNull(row.triggerPrice),
    placedTriggerPrice: textOrNull(row.placedTriggerPrice),
    status: row.status,
    reason: row.text,
    at: ms(row.sentAt ?? row.createdAt),
  }));
}

async function readEvents(db: DatabaseOrTransaction, { deploymentIds }: RunScope) {
  const rows = await db.tradeEvent.findMany({
    where: { trade: { deploymentId: { in: [...deploymentIds] } } },
    orderBy: { id: 'asc' },
    take: MAX_ROWS,
  });
  return rows.map(({ id, tradeId, type, text: said, at }) => ({
    id: String(id),
    tradeId,
    type,
    text: said,
    at: ms(at),
  }));
}

async function readBills(db: DatabaseOrTransaction, { deploymentIds }: RunScope) {
  const rows = await db.billingEvent.findMany({
    where: { deploymentId: { in: [...deploymentIds] } },
    orderBy: { id: 'asc' },
    take: MAX_ROWS,
  });
  return rows.map(({ id, kind, tradeId, amountUsd, createdAt }) => ({
    id,
    kind,
    tradeId,
    amountUsd: text(amountUsd),
    at: ms(createdAt),
  }));
}
