import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface HookAnswer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  body: any;
}

/** Posts bytes to a door of the API, without a sign-in. */
export async function postHook(
  app: FastifyInstance,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<HookAnswer> {
  const { statusCode: status, payload } = await app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
  return { status, body: JSON.parse(payload) };
}

/** Returns the headers of a delivery that is signed as the Standard Webhooks specification says. */
export function signedHeaders(
  secret: string,
  { id, body, at = Date.now() }: { id: string; body: string | Buffer; at?: number },
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
