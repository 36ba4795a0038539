import { SourceDown, SourceError } from '../errors.ts';
import { parseJson } from '#process/parse-json.ts';
import { readBounded } from '#process/read-bounded.ts';
import { reasonOf } from '#process/reason-of.ts';
import { addressOf, headersOf, type XAccess } from './api.ts';
import { toSourceError } from './failure.ts';
import { splitLines } from './stream-lines.ts';

const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Returns the lines of the activity stream, after an empty one once it is open; an empty line is a sign of life. Ends
 * when `signal` aborts. Throws a `SourceError` when the stream is refused, ends, fails, or is silent for too long.
 */
export async function* openActivityStream(
  access: XAccess,
  { signal, silentForMs }: { signal: AbortSignal; silentForMs: number },
): AsyncGenerator<string> {
  const silence = new AbortController();
  const hush = setTimeout(() => silence.abort(), silentForMs);
  try {
    const response = await connect(access, AbortSignal.any([signal, silence.signal]));
    yield '';
    for await (const line of splitLines(response.body ?? [])) {
      hush.refresh();
      yield line;
      // The time in which the line was stored is no silence of X.
      hush.refresh();
    }
    throw new SourceDown('X has ended the activity stream');
  } catch (error) {
    if (signal.aborted) return;
    if (silence.signal.aborted) throw new SourceDown('the activity stream of X has fallen silent');
    if (error instanceof SourceError) throw error;
    throw new SourceDown(`the activity stream of X has failed: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(hush);
    // Ends the connection of a stream that is not read to its end.
    silence.abort();
  }
}

async function connect(access: XAccess, signal: AbortSignal): Promise<Response> {
  const response = await fetch(addressOf(access, { path: '/2/activity/stream' }), {
    headers: headersOf(access),
    redirect: 'error',
    signal,
  });
  if (response.ok) return response;
  const { status, headers } = response;
  const body = parseJson(await readBounded(response, MAX_ERROR_BYTES));
  throw toSourceError({ status, headers, body, now: Date.now() });
}
