import { readSealedSecret, type SourceRecord } from '#prisma/repositories/source-accounts.ts';
import { SourceError } from '#sources/errors.ts';
import { openSecret } from '#sources/secret.ts';
import { isPolled, type PolledSource, type PollResult } from '#sources/source.ts';
import type { ApiDeps } from '../deps.ts';
import type { SourceTest } from '../schemas/source.ts';
import { refuseField, sourceOfKind } from './source-input.ts';

const SHOWN = 5;
const TIMEOUT_MS = 15_000;
const MAX_TEXT_LENGTH = 500;

/**
 * Polls a source from its beginning and stores nothing: it costs the source what a poll costs. Returns the newest
 * messages, or why there are none. Throws `source_refused` for a source that is not polled.
 */
export async function testSource(deps: ApiDeps, found: SourceRecord): Promise<SourceTest> {
  const source = sourceOfKind(deps.sources, found.kind);
  if (!isPolled(source))
    throw refuseField('/id', `a ${found.kind} source is not polled: post a message to it`);
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  try {
    const page = await pollOnce(deps, source, found);
    return { ok: true, code: null, error: null, tookMs: took(), ...show(page) };
  } catch (error) {
    const code = error instanceof SourceError ? error.code : 'source_down';
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, code, error: text, tookMs: took(), messages: [], malformed: [], more: false };
  }
}

async function pollOnce(
  { db, sourceKeys, now }: ApiDeps,
  source: PolledSource,
  found: SourceRecord,
): Promise<PollResult> {
  const sealed = await readSealedSecret(db, found.id);
  return source.poll({
    handle: found.handle,
    options: source.options.parse(found.options),
    secret: sealed && openSecret(sourceKeys, found.id, sealed),
    externalId: null,
    cursor: null,
    limit: SHOWN,
    readsLeft: SHOWN,
    now: now(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

const show = ({
  messages,
  malformed,
  more,
}: PollResult): Pick<SourceTest, 'messages' | 'malformed' | 'more'> => ({
  messages: messages.slice(-SHOWN).map(({ externalId, author, text, postedAt }) => ({
    externalId,
    author,
    text: text.slice(0, MAX_TEXT_LENGTH).toWellFormed(),
    postedAt,
  })),
  malformed: malformed.slice(-SHOWN).map(({ problem }) => problem),
  more,
});
