import { z } from 'zod';
import { epochMs, freeText, pageOf, pageQuery } from './common.ts';

export const auditEntry = z
  .object({
    id: z.string(),
    at: epochMs,
    actor: z.string().meta({ examples: ['owner (key first)', 'reconciler'] }),
    action: z.string().meta({ examples: ['trade.close'] }),
    subject: z.string().meta({ examples: ['trade/01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57'] }),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof auditEntry>;

export const auditPage = pageOf(auditEntry);
export const auditQuery = pageQuery.extend({
  actor: freeText(200).optional(),
  subject: freeText(200).optional(),
});
