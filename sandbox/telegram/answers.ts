import type { ServiceAnswer } from '../service/service.ts';

/** Parameters of a method, from the query and the body. */
export type Parameters = Readonly<Record<string, unknown>>;

export const succeed = (result: unknown, description?: string): ServiceAnswer => ({
  status: 200,
  body: { ok: true, result, ...(description !== undefined && { description }) },
});

export const fail = (code: number, description: string, parameters?: object): ServiceAnswer => ({
  status: code,
  body: { ok: false, error_code: code, description, ...(parameters && { parameters }) },
});
