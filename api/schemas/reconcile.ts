import { z } from 'zod';
import { epochMs, id, venueName } from './common.ts';

export const accountCheck = z
  .object({
    venue: venueName,
    accountId: z.string(),
    checkedAt: epochMs,
    /** When every resting order and fill was asked for last. */
    fullAt: epochMs.nullable(),
    corrections: z.number().int(),
    error: z.string().nullable(),
  })
  .meta({ id: 'AccountCheck' });
export type AccountCheck = z.output<typeof accountCheck>;

export const correction = z
  .object({ action: z.string(), subject: z.string(), before: z.unknown(), after: z.unknown(), at: epochMs })
  .meta({ id: 'Correction' });
export type Correction = z.output<typeof correction>;

/** Accounts by how long ago they were compared; corrections newest first. */
export const reconcileReport = z.object({
  accounts: z.array(accountCheck),
  corrections: z.array(correction),
});
export type ReconcileReport = z.output<typeof reconcileReport>;

export const reconcileQuery = z.object({
  /** Only the account of this deployment. */
  deploymentId: id.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const reconcileInput = z.preprocess(
  (body) => body ?? {},
  z.strictObject({
    /** Only the accounts of this deployment. */
    deploymentId: id.optional(),
  }),
);
export const reconcileStarted = z.object({ workflowId: z.string() });
export type ReconcileStarted = z.output<typeof reconcileStarted>;
