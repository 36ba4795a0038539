import type { ResolvedBarriers } from '#domain/barriers.ts';
import type { EntryPlan } from '#domain/entry-plan.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { ms, msOrNull, text, textOrNull } from './rows.ts';
import { toTradeView, type TradeView } from './trade-views.ts';

/** Most rows of each list; older ones are left out. No trade comes near it in practice. */
const MAX_LINES = 1_000;

const PARTS = {
  deployment: { select: { agent: { select: { name: true } } } },
  signal: {
    include: {
      message: {
        select: {
          author: true,
          text: true,
          postedAt: true,
          revisions: { orderBy: { id: 'asc' }, select: { text: true, receivedAt: true } },
        },
      },
    },
  },
  routingDecision: true,
  position: true,
  watch: true,
  orders: { orderBy: { createdAt: 'desc' }, take: MAX_LINES },
  fills: { orderBy: { time: 'desc' }, take: MAX_LINES },
  funding: { orderBy: { time: 'desc' }, take: MAX_LINES },
  events: { orderBy: { id: 'desc' }, take: MAX_LINES },
  billingEvents: { orderBy: { createdAt: 'desc' }, take: MAX_LINES },
} as const satisfies Prisma.TradeInclude;
type DetailsRow = Prisma.TradeGetPayload<{ include: typeof PARTS }>;

/** All records of one trade, each list oldest first. */
export type TradeDetails = TradeView & ReturnType<typeof toParts>;

/** Returns all records of a trade, or null when there is none with this id. */
export async function findTradeDetails(db: DatabaseOrTransaction, id: string): Promise<TradeDetails | null> {
  const row = await db.trade.findUnique({ where: { id }, include: PARTS });
  return row && { ...toTradeView(row), ...toParts(row) };
}

const toParts = (row: DetailsRow) => ({
  accountId: row.accountId,
  signal: toSignal(row.signal),
  leverage: fromJson<EntryPlan | null>(row.plan)?.leverage ?? null,
  levels: fromJson<{ levels: ResolvedBarriers } | null>(row.barriers)?.levels ?? null,
  routing: row.routingDecision && toRouting(row.routingDecision),
  position: row.position && toPosition(row.position),
  watch: row.watch && toWatch(row.watch),
  orders: row.orders.map(toOrder).toReversed(),
  fills: row.fills.map(toFill).toReversed(),
  funding: row.funding.map((paid) => ({ amountUsd: text(paid.amountUsd), at: ms(paid.time) })).toReversed(),
  events: row.events.map(({ type, text: said, at }) => ({ type, text: said, at: ms(at) })).toReversed(),
  bills: row.billingEvents
    .map(({ kind, amountUsd, createdAt }) => ({ kind, amountUsd: text(amountUsd), at: ms(createdAt) }))
    .toReversed(),
});

const toSignal = (row: DetailsRow['signal']) => ({
  origin: row.origin,
  confidence: row.confidence,
  requestedVenue: row.requestedVenue,
  referencePrice: textOrNull(row.referencePrice),
  createdAt: ms(row.createdAt),
  message: row.message && {
    author: row.message.author,
    text: row.message.text,
    postedAt: ms(row.message.postedAt),
    revisions: row.message.revisions.map(({ text: said, receivedAt }) => ({
      text: said,
      at: ms(receivedAt),
    })),
  },
});

const toRouting = (row: NonNullable<DetailsRow['routingDecision']>) => ({
  venue: row.venue,
  refusals: fromJson<{ venue: string; code: string; text: string }[]>(row.refusals),
  durationMs: row.durationMs,
  at: ms(row.createdAt),
});

const toPosition = (row: NonNullable<DetailsRow['position']>) => ({
  size: text(row.size),
  entryPrice: textOrNull(row.entryPrice),
  liquidationPrice: textOrNull(row.liquidationPrice),
  confirmedAt: ms(row.confirmedAt),
});

const toWatch = (row: NonNullable<DetailsRow['watch']>) => ({
  status: row.status,
  priceKind: row.priceKind,
  armedAt: ms(row.armedAt),
  timeLimitAt: msOrNull(row.timeLimitAt),
  firedAt: msOrNull(row.firedAt),
  firedPrice: textOrNull(row.firedPrice),
  firedReason: row.firedReason,
});

const toOrder = (row: DetailsRow['orders'][number]) => ({
  leg: row.leg,
  legNumber: row.legNumber,
  revision: row.revision,
  clientOrderId: row.clientOrderId,
  venueOrderId: row.venueOrderId,
  side: row.side,
  kind: row.kind,
  price: text(row.price),
  triggerPrice: textOrNull(row.triggerPrice),
  placedTriggerPrice: textOrNull(row.placedTriggerPrice),
  size: text(row.size),
  placedSize: text(row.placedSize ?? row.size),
  filledSize: text(row.filledSize),
  reduceOnly: row.reduceOnly,
  status: row.status,
  firstStatus: row.firstStatus,
  code: row.code,
  text: row.text,
  createdAt: ms(row.createdAt),
  firstAnsweredAt: msOrNull(row.firstAnsweredAt),
  sentAt: msOrNull(row.sentAt),
  answeredAt: msOrNull(row.answeredAt),
});

const toFill = (row: DetailsRow['fills'][number]) => ({
  venueFillId: row.venueFillId,
  clientOrderId: row.clientOrderId,
  side: row.side,
  price: text(row.price),
  size: text(row.size),
  feeUsd: text(row.feeUsd),
  closedPnlUsd: text(row.closedPnlUsd),
  liquidation: row.liquidation,
  at: ms(row.time),
});
