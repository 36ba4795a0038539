import { z } from 'zod';
import { KEY_STATUSES } from '#domain/statuses.ts';
import { KEY_WARNINGS } from '#domain/trading-key.ts';
import { entryLimits, entryLimitsInput } from './brake.ts';
import {
  decimal,
  epochMs,
  freeText,
  id,
  lifeStatus,
  pageOf,
  pageQuery,
  positiveDecimal,
  venueName,
  walletAddress,
} from './common.ts';
import { sizeModel, sizeModelInput } from './trading-rules.ts';

const PER_ACCOUNT = {
  description:
    'per account: the value of everything open in it, whoever opened it, over its equity, after any entry of the deployment',
};
const PER_TRADE = { description: 'per trade: its largest value in USD' };
const PER_DEPLOYMENT = { description: 'per deployment: positions open at a time' };

const BILLED = { description: 'whether its trades are billed (docs/bills.md)' };

/** A new subscription to an agent. Without a wallet one is made and funded, where the venue is a sandbox. */
export const deploymentInput = z.strictObject({
  walletAddress: walletAddress.optional(),
  venue: venueName.default('hyperliquid'),
  maxLeverage: z.number().int().min(1).max(50).default(1).meta(PER_ACCOUNT),
  maxNotionalUsd: positiveDecimal.default('10000').meta(PER_TRADE),
  maxOpenPositions: z.number().int().min(1).max(100).default(3).meta(PER_DEPLOYMENT),
  sizeModel: sizeModelInput.optional(),
  isBilled: z.boolean().default(true).meta(BILLED),
  /** Play money of a wallet made here. */
  fundUsdc: positiveDecimal.optional(),
});

/** Limits to be changed; what is left out stays as it is. */
export const limitsInput = z.strictObject({
  maxLeverage: z.number().int().min(1).max(50).optional().meta(PER_ACCOUNT),
  maxNotionalUsd: positiveDecimal.optional().meta(PER_TRADE),
  maxOpenPositions: z.number().int().min(1).max(100).optional().meta(PER_DEPLOYMENT),
  entryLimits: entryLimitsInput.optional(),
  sizeModel: sizeModelInput
    .nullable()
    .optional()
    .meta({ description: 'how large its next trades are; null leaves it to the agent' }),
});

const deploymentLimits = z.object({
  maxLeverage: z.number().int().meta(PER_ACCOUNT),
  maxNotionalUsd: decimal.meta(PER_TRADE),
  maxOpenPositions: z.number().int().meta(PER_DEPLOYMENT),
  entryLimits,
  sizeModel: sizeModel.nullable(),
});
export const changedDeploymentLimits = z.object({ before: deploymentLimits, after: deploymentLimits });
export type ChangedDeploymentLimits = z.output<typeof changedDeploymentLimits>;

/** Whether trades that end from now on are billed. */
export const billingInput = z.strictObject({ billed: z.boolean() });

/** The end of a deployment. */
export const leaveInput = z.strictObject({
  note: freeText(500).optional(),
  waitMs: z.int().min(0).max(30_000).default(20_000),
});

export const leaving = z
  .object({
    deploymentId: id,
    tradesLeft: z.int().meta({ description: 'trades that may still hold something at a venue' }),
    creditUsd: decimal.nullable().meta({ description: 'credited now for the month that was paid; negative' }),
    destroyedKeys: z.array(z.string()).meta({ description: 'addresses of keys that were destroyed now' }),
    notes: z.array(z.string()).meta({ description: 'what its owner still has to know or do' }),
  })
  .meta({ id: 'Leaving' });
export type Leaving = z.output<typeof leaving>;

/** One more venue to trade at. */
export const tradingKeyInput = z.strictObject({ venue: venueName });

export const tradingKey = z.object({
  venue: venueName,
  /** To be approved by the wallet at the venue. */
  address: z.string(),
  status: z.enum(KEY_STATUSES),
  /** It signs the orders; a pending key that is not active waits to replace the one that does. */
  active: z.boolean(),
  approvedAt: epochMs.nullable(),
  /** When the venue stops to accept it; null where the venue names no time. */
  validUntil: epochMs.nullable(),
  revokedAt: epochMs.nullable(),
  /** Warning about a key that signs: it has ended, is not accepted, or ends within three weeks. */
  warning: z.enum(KEY_WARNINGS).nullable(),
});

export const deployment = z
  .object({
    id,
    agentId: id,
    agentName: z.string(),
    walletAddress: z.string(),
    status: lifeStatus,
    maxLeverage: z.number().int().meta(PER_ACCOUNT),
    maxNotionalUsd: decimal.meta(PER_TRADE),
    maxOpenPositions: z.number().int().meta(PER_DEPLOYMENT),
    entryLimits,
    sizeModel: sizeModel.nullable(),
    trialEndsAt: epochMs,
    isBilled: z.boolean().meta(BILLED),
    tradingKeys: z.array(tradingKey),
    createdAt: epochMs,
  })
  .meta({ id: 'Deployment' });
export type Deployment = z.output<typeof deployment>;

export const deploymentPage = pageOf(deployment);
export const deploymentQuery = pageQuery.extend({ agentId: id.optional() });
