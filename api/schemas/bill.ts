import { z } from 'zod';
import { BILL_KINDS, PROFIT_RULES } from '#domain/billing.ts';
import { decimal, epochMs, id, pageOf, pageQuery } from './common.ts';

export const bill = z
  .object({
    id,
    kind: z.enum(BILL_KINDS),
    subject: z.string(),
    deploymentId: id,
    tradeId: id.nullable(),
    amountUsd: decimal,
    rule: z.enum(PROFIT_RULES).nullable(),
    createdAt: epochMs,
  })
  .meta({ id: 'Bill' });
export type Bill = z.output<typeof bill>;

export const billPage = pageOf(bill);
export const billQuery = pageQuery.extend({ deploymentId: id.optional(), tradeId: id.optional() });
