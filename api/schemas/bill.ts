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

export const statementParams = z.object({
  id,
  month: z
    .string()
    .regex(/^(19[7-9]|20\d)\d-(0[1-9]|1[0-2])$/, 'must be a month, such as 2026-11')
    .meta({ examples: ['2026-11'] }),
});
export const statementQuery = z.object({ format: z.enum(['json', 'csv', 'html']).default('json') });
export const statement = z
  .object({
    deploymentId: id,
    agent: z.string(),
    wallet: z.string(),
    month: z.string(),
    bills: z.array(
      z.object({
        at: epochMs,
        kind: z.enum(BILL_KINDS),
        subject: z.string(),
        amountUsd: decimal,
        rule: z.enum(PROFIT_RULES).nullable(),
      }),
    ),
    totalUsd: decimal,
    unbilled: z.array(
      z.object({
        at: epochMs,
        tradeId: id,
        symbol: z.string(),
        netPnlUsd: decimal,
        why: z.enum(['adopted', 'billing_off']),
      }),
    ),
  })
  .meta({ id: 'Statement' });
