import { randomUUID } from 'node:crypto';
import { bookFills } from '#activities/ledger/book-fills.ts';
import { readResult } from '#activities/ledger/settlement.ts';
import {
  asId,
  type AccountId,
  type Side,
  type TradeId,
  type VenueName,
  type VenueOrderId,
} from '#domain/ids.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { insertFunding } from '#prisma/repositories/funding.ts';
import { saveSettlement } from '#prisma/repositories/settlements.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { VenueFill } from '#venues/venue.ts';
import { startTestDatabase } from './services.ts';

/** A trade as a test tells of it: opened and closed at the named times and prices. */
export interface ToldTrade {
  deploymentId: string;
  openedAt: number;
  closedAt: number;
  entry: string;
  exit: string;
  size?: string;
  side?: Side;
  symbol?: string;
  venue?: VenueName;
  feeUsd?: string;
  stop?: string;
  /** The message that was traded. */
  messageId?: string;
  /** The exit's fill is not known yet. */
  isExitLate?: boolean;
  isAdopted?: boolean;
}

/** A database with trades that went through the ledger, without a venue. */
export interface TradedBooks {
  db: Database;
  addAgent(name: string, options?: { isPublished?: boolean }): Promise<string>;
  addDeployment(agentId: string, wallet?: string): Promise<string>;
  /** Adds a source and a message of it; returns the id of the message. */
  addMessage(handle: string, postedAt: number): Promise<string>;
  addTrade(told: ToldTrade): Promise<TradeId>;
  /** Books the fill of the exit, as a stream or the reconciler does. */
  bookExit(tradeId: TradeId, told: ToldTrade): Promise<void>;
  addFunding(tradeId: TradeId, at: number, amountUsd: string): Promise<void>;
  addEquity(wallet: string, at: number, equityUsd: string, venue?: VenueName): Promise<void>;
}

export async function startTradedBooks(): Promise<TradedBooks & { stop(): Promise<void> }> {
  const database = await startTestDatabase();
  const db = openDatabase(database.url, { poolSize: 5 });
  const user = await db.user.create({ data: { name: 'owner' } });
  return {
    ...tradedBooks(db, user.id),
    async stop() {
      await db.$disconnect();
      await database.stop();
    },
  };
}

/** Adds to a database that is there; everything belongs to the user. */
export function tradedBooks(db: Database, ownerId: string): TradedBooks {
  return {
    db,
    addAgent: async (name, { isPublished = false } = {}) =>
      (
        await db.agent.create({
          data: { name, ownerId, isPublished, barriers: {}, sizeModel: {}, minConfidence: 0.5 },
        })
      ).id,
    addDeployment: async (agentId, wallet = newWallet()) =>
      (
        await db.agentDeployment.create({
          data: {
            agentId,
            userId: ownerId,
            walletAddress: wallet,
            maxNotionalUsd: '1000',
            trialEndsAt: new Date('2030-01-01'),
          },
        })
      ).id,
    addMessage: (handle, postedAt) => addMessage(db, handle, postedAt),
    addTrade: (told) => addTrade(db, told),
    bookExit: (tradeId, told) => bookExit(db, tradeId, told),
    addFunding: (tradeId, at, amountUsd) => addFunding(db, tradeId, at, amountUsd),
    async addEquity(wallet, at, equityUsd, venue = 'hyperliquid') {
      const hour = new Date(Math.floor(at / 3_600_000) * 3_600_000);
      await db.equityHour.create({
        data: { venue, accountId: wallet, hour, readAt: new Date(at), equityUsd },
      });
    },
  };
}

export const newWallet = (): string => `0x${randomUUID().replaceAll('-', '').padEnd(40, '0')}`;

async function addMessage(db: Database, handle: string, postedAt: number): Promise<string> {
  const source = await db.sourceAccount.upsert({
    where: { kind_handle: { kind: 'x', handle } },
    create: { kind: 'x', handle },
    update: {},
  });
  const message = await db.sourceMessage.create({
    data: {
      sourceAccountId: source.id,
      externalId: randomUUID(),
      author: handle,
      text: 'long BTC',
      postedAt: new Date(postedAt),
    },
  });
  return message.id;
}

async function addTrade(db: Database, told: ToldTrade): Promise<TradeId> {
  const { deploymentId, side = 'long', symbol = 'BTC', size = '1', venue = 'hyperliquid', entry } = told;
  const { agentId, walletAddress } = await db.agentDeployment.findUniqueOrThrow({
    where: { id: deploymentId },
  });
  const signal = await db.signal.create({
    data: {
      agentId,
      symbol,
      side,
      origin: told.isAdopted ? 'adoption' : told.messageId ? 'message' : 'manual',
      messageId: told.messageId ?? null,
      confidence: 0.8,
      sizeModel: {},
      barriers: {},
      expiresAt: new Date(told.openedAt),
      referencePrice: entry,
      maxDriftPct: 1,
      createdAt: new Date(told.openedAt),
    },
  });
  const row = await db.trade.create({
    data: {
      signalId: signal.id,
      deploymentId,
      phase: 'settling',
      symbol,
      side,
      venue,
      accountId: walletAddress,
      plan: { referencePrice: entry },
      entrySize: size,
      entryPrice: entry,
      remainingSize: '0',
      openedAt: new Date(told.openedAt),
      exitReason: 'take_profit',
      isAdopted: told.isAdopted ?? false,
    },
  });
  const tradeId = asId<TradeId>(row.id);
  const orders = [
    { leg: 'entry', kind: 'ioc', side: side === 'long' ? 'buy' : 'sell', triggerPrice: null },
    {
      leg: 'stop',
      kind: 'stop_trigger',
      side: side === 'long' ? 'sell' : 'buy',
      triggerPrice: told.stop ?? null,
    },
    { leg: 'exit', kind: 'ioc', side: side === 'long' ? 'sell' : 'buy', triggerPrice: null },
  ] as const;
  await db.order.createMany({
    data: orders.map((order) => ({
      ...order,
      tradeId,
      venue,
      accountId: walletAddress,
      symbol,
      clientOrderId: clientIdOf(tradeId, order.leg),
      price: entry,
      size,
      reduceOnly: order.leg !== 'entry',
      sentAt: new Date(told.openedAt),
      createdAt: new Date(told.openedAt),
    })),
  });
  await bookFills(db, venue, asId<AccountId>(walletAddress), [fillOf(tradeId, told, 'entry')]);
  if (!told.isExitLate) await bookExit(db, tradeId, told);
  const trade = await getTrade(db, tradeId);
  const { settlement } = await readResult(db, trade, told.closedAt);
  await saveSettlement(db, tradeId, settlement);
  return tradeId;
}

async function bookExit(db: Database, tradeId: TradeId, told: ToldTrade): Promise<void> {
  const { accountId } = await getTrade(db, tradeId);
  await bookFills(db, told.venue ?? 'hyperliquid', accountId, [fillOf(tradeId, told, 'exit')]);
}

const clientIdOf = (tradeId: string, leg: string): string => `${leg}/${tradeId}`;

function fillOf(tradeId: TradeId, told: ToldTrade, leg: 'entry' | 'exit'): VenueFill {
  const { side = 'long', symbol = 'BTC', size = '1', feeUsd = '0.5' } = told;
  return {
    symbol,
    venueFillId: `${leg}/${tradeId}`,
    venueOrderId: asId<VenueOrderId>(`${leg}/${tradeId}`),
    clientOrderId: asId(clientIdOf(tradeId, leg)),
    side: (side === 'long') === (leg === 'entry') ? 'buy' : 'sell',
    price: leg === 'entry' ? told.entry : told.exit,
    size,
    feeUsd,
    closedPnlUsd: '0',
    liquidation: false,
    time: leg === 'entry' ? told.openedAt : told.closedAt,
  };
}

async function addFunding(db: Database, tradeId: TradeId, at: number, amountUsd: string): Promise<void> {
  const { accountId, symbol, venue } = await getTrade(db, tradeId);
  if (!venue) throw new Error('the trade has no venue');
  await insertFunding(db, [{ venue, accountId, symbol, tradeId, amountUsd, time: at }]);
}
