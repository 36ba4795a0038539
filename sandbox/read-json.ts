import type { IncomingMessage } from 'node:http';

/** Longest request body, and longest WebSocket message, that a sandbox reads, in bytes. */
export const MAX_BODY_BYTES = 4_000_000;

/** Returns the body of a request, read as JSON. Throws `SyntaxError` when it is none, or longer than `MAX_BODY_BYTES`. */
export const readJson = async (request: IncomingMessage): Promise<unknown> =>
  JSON.parse((await readBody(request)).toString('utf8'));

/** Returns the body of a request. Throws `SyntaxError` when it is longer than `MAX_BODY_BYTES`. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new SyntaxError('request body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
