import { z } from 'zod';
import { BILL_KINDS } from '#domain/billing.ts';
import { ORDER_KINDS, ORDER_LEGS, ORDER_SIDES, ORDER_STATUSES } from '#domain/order.ts';
import { SIGNAL_ORIGINS } from '#domain/signal.ts';
import { PRICE_KINDS, WATCH_STATUSES } from '#domain/statuses.ts';
import { TRADE_PHASES } from '#domain/trade-phases.ts';
import {
  decimal,
  epochMs,
  exitReason,
  freeText,
  id,
  pageOf,
  pageQuery,
  side,
  symbol,
  venueName,
} from './common.ts';
import { adjustmentInput, resolvedLevels } from './trading-rules.ts';

const phase = z.enum(TRADE_PHASES);

/** A whole id, or its last (or first) six characters and more. */
export const tradeParams = z.object({
  id: z
    .string()
    .toLowerCase()
    .regex(
      /^([0-9a-f-]{6,35}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
      'must be the id of a trade, or at least its last 6 characters',
    ),
});

export const tradeQuery = pageQuery.extend({
  deploymentId: id.optional(),
  signalId: id.optional(),
  /** One phase or several, separated by commas. */
  phase: z
    .string()
    .transform((text, context) => {
      const phases = text.split(',').map((name) => TRADE_PHASES.find((known) => known === name));
      if (phases.every((found) => found !== undefined)) return phases;
      context.addIssue({ code: 'custom', message: `must be of ${TRADE_PHASES.join(', ')}` });
      return z.NEVER;
    })
    .optional(),
  symbol: symbol.optional(),
});

const tradeFields = {
  id,
  signalId: id,
  deploymentId: id,
  agentName: z.string(),
  symbol: z.string(),
  side,
  venue: venueName.nullable(),
  phase,
  paused: z.boolean(),
  entrySize: decimal.nullable(),
  entryPrice: decimal.nullable(),
  remainingSize: decimal.nullable(),
  stopPrice: decimal.nullable(),
  stopKind: exitReason.nullable(),
  exitPrice: decimal.nullable(),
  exitReason: exitReason.nullable(),
  refusal: z.object({ code: z.string(), text: z.string() }).nullable(),
  grossPnlUsd: decimal.nullable(),
  feesUsd: decimal.nullable(),
  fundingUsd: decimal.nullable(),
  netPnlUsd: decimal.nullable(),
  unprotectedMs: z.number().int(),
  createdAt: epochMs,
  openedAt: epochMs.nullable(),
  closedAt: epochMs.nullable(),
};

export const trade = z.object(tradeFields).meta({ id: 'Trade' });
export type Trade = z.output<typeof trade>;
export const tradePage = pageOf(trade);

const order = z.object({
  leg: z.enum(ORDER_LEGS),
  legNumber: z.number().int(),
  revision: z.number().int(),
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  side: z.enum(ORDER_SIDES),
  kind: z.enum(ORDER_KINDS),
  price: decimal,
  triggerPrice: decimal.nullable(),
  /** Price with which it was sent; null in rows that are older than this field. */
  placedTriggerPrice: decimal.nullable(),
  size: decimal,
  placedSize: decimal,
  filledSize: decimal,
  reduceOnly: z.boolean(),
  status: z.enum(ORDER_STATUSES),
  code: z.string().nullable(),
  text: z.string().nullable(),
  createdAt: epochMs,
  sentAt: epochMs.nullable(),
  answeredAt: epochMs.nullable(),
  /** The first answer of the venue; later ones are in `status`. */
  firstStatus: z.enum(ORDER_STATUSES).nullable(),
  firstAnsweredAt: epochMs.nullable(),
});

const fill = z.object({
  venueFillId: z.string(),
  clientOrderId: z.string().nullable(),
  side: z.enum(ORDER_SIDES),
  price: decimal,
  size: decimal,
  feeUsd: decimal,
  closedPnlUsd: decimal,
  liquidation: z.boolean(),
  at: epochMs,
});

/** A trade with everything that happened to it, each list oldest first. */
export const tradeDetails = z
  .object({
    ...tradeFields,
    workflowId: z.string(),
    accountId: z.string(),
    signal: z.object({
      origin: z.enum(SIGNAL_ORIGINS),
      confidence: z.number(),
      requestedVenue: z.string(),
      referencePrice: decimal.nullable(),
      createdAt: epochMs,
      message: z
        .object({
          author: z.string(),
          text: z.string().meta({ description: 'as it was first read, which is what is traded' }),
          postedAt: epochMs,
          revisions: z
            .array(z.object({ text: z.string(), at: epochMs }))
            .meta({ description: 'later texts of an edited post, oldest first; they trade nothing' }),
        })
        .nullable(),
    }),
    /** The leverage that the entry was planned with; null before the plan. */
    leverage: z.number().nullable(),
    levels: resolvedLevels.nullable(),
    routing: z
      .object({
        venue: venueName.nullable(),
        refusals: z.array(z.object({ venue: z.string(), code: z.string(), text: z.string() })),
        durationMs: z.number(),
        at: epochMs,
      })
      .nullable(),
    position: z
      .object({
        size: decimal,
        entryPrice: decimal.nullable(),
        liquidationPrice: decimal.nullable(),
        confirmedAt: epochMs,
      })
      .nullable(),
    watch: z
      .object({
        status: z.enum(WATCH_STATUSES),
        priceKind: z.enum(PRICE_KINDS),
        armedAt: epochMs,
        timeLimitAt: epochMs.nullable(),
        firedAt: epochMs.nullable(),
        firedPrice: decimal.nullable(),
        firedReason: exitReason.nullable(),
      })
      .nullable(),
    orders: z.array(order),
    fills: z.array(fill),
    funding: z.array(z.object({ amountUsd: decimal, at: epochMs })),
    events: z.array(z.object({ type: z.string(), text: z.string(), at: epochMs })),
    bills: z.array(
      z.object({
        kind: z.enum(BILL_KINDS),
        amountUsd: decimal,
        at: epochMs,
      }),
    ),
  })
  .meta({ id: 'TradeDetails' });
export type TradeDetails = z.output<typeof tradeDetails>;

const note = freeText(500).optional();
/** A missing body is read as an empty one. */
const optional = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((body) => body ?? {}, schema);

export const tradeNote = optional(z.strictObject({ note }));
export const closeInput = optional(
  z.strictObject({
    note,
    /** Answer only once the position is flat, or after `waitMs`. */
    wait: z.boolean().default(false),
    waitMs: z.number().int().min(100).max(30_000).default(10_000),
  }),
);

/** Exits that replace those of an open trade. */
export const adjustInput = z.strictObject({ barriers: adjustmentInput, note });
export const tradeAdjusted = z.object({
  tradeId: id,
  remainingSize: decimal.nullable(),
  /** Where the stop rests now. */
  stopPrice: decimal.nullable(),
});

export type TradeAdjusted = z.output<typeof tradeAdjusted>;

export const closeAllInput = optional(
  z.strictObject({
    /** Only trades of this deployment. */
    deploymentId: id.optional(),
    /** Take no new trades either: pauses the deployments whose trades are closed. */
    pause: z.boolean().default(false),
    note,
  }),
);
/** Result for each trade; `problem` is a code where its workflow could not be told. */
export const closeAllAnswer = z.object({
  trades: z.array(z.object({ tradeId: id, requested: z.boolean(), problem: z.string().nullable() })),
  paused: z.array(id),
});
export type CloseAllAnswer = z.output<typeof closeAllAnswer>;

/** The trade's workflow has been told; `closed` says whether the position is flat already. */
export const tradeRequested = z.object({
  tradeId: id,
  requested: z.enum(['pause', 'resume', 'close']),
  closed: z.boolean(),
});
export type TradeRequested = z.output<typeof tradeRequested>;
