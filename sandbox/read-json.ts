import type { IncomingMessage } from 'node:http';

/** Longest request body, and longest WebSocket message, that a sandbox reads, in bytes. */
export const MAX_BODY_BYTES = 4_000_000;

/** Returns the body of a request, read as JSON. Throws `SyntaxError` when it is none, or longer than `MAX_BODY_BYTES`. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new SyntaxError('request body too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
