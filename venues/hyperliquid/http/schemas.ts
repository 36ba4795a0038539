import { z } from 'zod';
import type { DecimalString } from '#domain/money.ts';

/** Writes a venue number (`"100.0"`) the way ours are written (`"100"`). */
export const withoutTrailingZeros = (text: string): DecimalString =>
  text.includes('.') ? text.replace(/\.?0+$/, '') : text;

/** Blanks around a number are in the venue's own examples. */
const decimal = z
  .string()
  .trim()
  .regex(/^-?\d+(\.\d+)?$/)
  .transform(withoutTrailingZeros);
const side = z
  .enum(['B', 'A'])
  .transform((letter) => (letter === 'B' ? ('buy' as const) : ('sell' as const)));
const oid = z.int().nonnegative();
const time = z.int().nonnegative();

export const meta = z.object({
  universe: z.array(
    z.object({
      name: z.string(),
      szDecimals: z.int(),
      maxLeverage: z.int(),
      onlyIsolated: z.boolean().optional(),
      marginMode: z.string().optional(),
      isDelisted: z.boolean().optional(),
      growthMode: z.string().optional(),
    }),
  ),
  collateralToken: z.int().optional(),
});

/** Markets built by others, by their place; the first place is the venue's own market. */
export const perpDexs = z.array(
  z.object({ name: z.string(), deployerFeeScale: decimal.optional() }).nullable(),
);

export const metaAndAssetCtxs = z.tuple([meta, z.array(z.object({ markPx: decimal }))]);

const leverage = z.object({ type: z.string(), value: z.number() });

/** Shares of an order's value. */
export const userFees = z.object({ userCrossRate: decimal, activeReferralDiscount: decimal });

export const activeAssetData = z.object({ leverage });

export const clearinghouseState = z.object({
  marginSummary: z.object({ accountValue: decimal }),
  crossMarginSummary: z.object({ accountValue: decimal }),
  crossMaintenanceMarginUsed: decimal,
  withdrawable: decimal,
  time: time.optional(),
  assetPositions: z.array(
    z.object({
      position: z.object({
        coin: z.string(),
        szi: decimal,
        entryPx: decimal.nullable(),
        positionValue: decimal,
        leverage,
        liquidationPx: decimal.nullable(),
      }),
    }),
  ),
});

/** The mode in which an account holds its collateral. */
export const userAbstraction = z.string();

export const openOrder = z.object({
  coin: z.string(),
  side,
  limitPx: decimal,
  sz: decimal,
  origSz: decimal,
  oid,
  timestamp: time,
  cloid: z.string().nullish(),
  reduceOnly: z.boolean().optional(),
  isTrigger: z.boolean().optional(),
  triggerPx: decimal.optional(),
});
export type WireOpenOrder = z.infer<typeof openOrder>;
export const openOrders = z.array(openOrder);

export const orderStatus = z.discriminatedUnion('status', [
  z.object({ status: z.literal('order'), order: z.object({ order: openOrder, status: z.string() }) }),
  z.object({ status: z.literal('unknownOid') }),
]);

export const fills = z.array(
  z.object({
    coin: z.string(),
    px: decimal,
    sz: decimal,
    side,
    time,
    closedPnl: decimal,
    startPosition: decimal.nullish(),
    oid,
    fee: decimal,
    tid: z.int(),
    cloid: z.string().nullish(),
    dir: z.string().nullish(),
    liquidation: z.object({ liquidatedUser: z.string().nullish() }).nullish(),
  }),
);
export type WireFill = z.infer<typeof fills>[number];

export const fundings = z.array(
  z.object({ time, hash: z.string(), delta: z.object({ coin: z.string(), usdc: decimal, szi: decimal }) }),
);

export const candles = z.array(
  z.object({
    t: time,
    T: time,
    o: decimal,
    h: decimal,
    l: decimal,
    c: decimal,
    v: decimal.nullable().catch(null),
  }),
);

export const extraAgents = z.array(z.object({ address: z.string(), validUntil: z.number().nullable() }));

export const userRole = z.object({
  role: z.string(),
  data: z.object({ user: z.string().optional() }).optional(),
});

/** Takes any body, for a ping. */
export const anything = z.unknown();

const orderAnswer = z.union([
  z.literal('waitingForFill'),
  z.literal('waitingForTrigger'),
  z.object({ resting: z.object({ oid }) }),
  z.object({ filled: z.object({ oid, totalSz: decimal, avgPx: decimal }) }),
  z.object({ error: z.string() }),
]);
export type WireOrderAnswer = z.infer<typeof orderAnswer>;

const accepted = <Data extends z.ZodType>(data: Data) =>
  z.object({ status: z.literal('ok'), response: z.object({ data }) });

export const orderAnswers = accepted(z.object({ statuses: z.array(orderAnswer).min(1) }));
export const cancelAnswers = accepted(
  z.object({ statuses: z.array(z.union([z.literal('success'), z.object({ error: z.string() })])).min(1) }),
);
export const doneAnswer = z.object({ status: z.literal('ok') });
export const refusedAnswer = z.object({ status: z.literal('err'), response: z.string() });

/** Messages of the stream. */
export const streamMessage = z.object({ channel: z.string(), data: z.unknown().optional() });
export const priceMessage = z.object({ coin: z.string(), ctx: z.object({ markPx: decimal }) });
export const fillsMessage = z.object({ user: z.string(), fills });
/** A subscription as the venue repeats it in its confirmations and errors. */
export const subscriptionEcho = z.object({
  type: z.string(),
  coin: z.string().optional(),
  user: z.string().optional(),
});
export type SubscriptionEcho = z.infer<typeof subscriptionEcho>;
export const confirmationMessage = z.object({ method: z.string(), subscription: subscriptionEcho });
