import { z } from 'zod';

export const liveness = z.object({ status: z.literal('ok') });

/** One part of the system; `reason` says what is wrong when it is not ok. */
export const check = z.object({ part: z.string(), ok: z.boolean(), reason: z.string().nullable() });
export type Check = z.output<typeof check>;

export const readiness = z.object({ status: z.enum(['ready', 'not_ready']), checks: z.array(check) });
export type Readiness = z.output<typeof readiness>;
