import { createHash } from 'node:crypto';
import { refusal } from '#domain/reasons.ts';
import { findPostedMessage, storePostedMessage } from '#prisma/repositories/posted-messages.ts';
import { recordSkip, skipSubjects } from '#prisma/repositories/skipped-signals.ts';
import { findSignedSource, findSourceByToken, type PostedSource } from '#prisma/repositories/source-hooks.ts';
import { openSecret } from '#sources/secret.ts';
import { readBody, type BodyProblem, type PostedMessage } from '#sources/webhook/read-body.ts';
import { judgeSignature, type SignedRequest } from '#sources/webhook/signature.ts';
import type { ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';
import type { Delivered } from '../schemas/hook.ts';

type Deps = Pick<ApiDeps, 'db' | 'sourceKeys' | 'now'>;

/** How old an alert of TradingView may be where it says when it was made and not how old it may be, in s. */
const USUAL_LAG_S = 300;
/** Within this time a body that comes again is a second attempt to deliver it. */
const SAME_WITHIN_MS = 60_000;

/** Takes a signed delivery. The signature is judged before the body is read. Throws a problem. */
export async function receiveSigned(
  deps: Deps,
  sourceId: string,
  request: SignedRequest,
): Promise<Delivered> {
  const source = await findSignedSource(deps.db, sourceId, deps.now());
  if (!source) throw new ProblemError('hook_not_found');
  const secrets = source.secrets.map((sealed) => openSecret(deps.sourceKeys, sourceId, sealed));
  const ruling = judgeSignature(request, secrets, deps.now());
  if (!ruling.ok) throw new ProblemError('hook_refused', `Refused: ${ruling.reason}.`);
  const message = await readMessage(deps, source, { body: request.body, usualLagS: Infinity });
  return store(deps, source, { message, externalId: ruling.id });
}

/** Takes an alert of TradingView. Throws a problem. */
export async function receiveAlert(deps: Deps, token: string, body: Buffer): Promise<Delivered> {
  const source = await findSourceByToken(deps.db, token, deps.now());
  if (!source) throw new ProblemError('hook_not_found');
  const message = await readMessage(deps, source, { body, usualLagS: USUAL_LAG_S });
  if (message.id !== null) return store(deps, source, { message, externalId: `id/${message.id}` });
  const minute = Math.floor(deps.now() / SAME_WITHIN_MS);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 32);
  // A second attempt may fall into the minute after the first.
  return store(deps, source, {
    message,
    externalId: `${hash}@${minute}`,
    orExternalId: `${hash}@${minute - 1}`,
  });
}

/** Returns the message of a body; what cannot be read, and what comes too late, is written down with its reason. */
async function readMessage(
  deps: Deps,
  source: PostedSource,
  { body, usualLagS }: { body: Buffer; usualLagS: number },
): Promise<PostedMessage> {
  if (!source.isActive) throw new ProblemError('hook_paused', `The source ${source.handle} is not active.`);
  const read = readBody(body);
  if (!read.ok) {
    await recordUnreadable(deps, source, { body, problems: read.problems });
    const errors = read.problems.map((problem) => ({ in: 'body' as const, ...problem }));
    throw new ProblemError('validation_failed', describe(read.problems), { errors });
  }
  const { sentAt, maxLagS } = read.message;
  const lagMs = sentAt === null ? 0 : deps.now() - sentAt;
  const allowedMs = (maxLagS ?? usualLagS) * 1_000;
  if (lagMs <= allowedMs) return read.message;
  const text = `It was made ${Math.round(lagMs / 1_000)} s ago, and may be ${allowedMs / 1_000} s old.`;
  await recordLate(deps, source, { body, text });
  throw new ProblemError('hook_too_old', text);
}

const describe = (problems: readonly BodyProblem[]): string =>
  problems
    .map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : `the body ${detail}`))
    .join('; ');

const subjectOf = ({ id }: PostedSource, body: Buffer): string =>
  skipSubjects.malformedMessage(id, createHash('sha256').update(body).digest('hex').slice(0, 32));

const MAX_SHOWN = 500;

/** An alert's sender does not show answers to anybody, so the reason is kept, with the words that came. */
async function recordUnreadable(
  { db }: Deps,
  source: PostedSource,
  { body, problems }: { body: Buffer; problems: readonly BodyProblem[] },
): Promise<void> {
  const shown = body.toString('utf8').slice(0, MAX_SHOWN).toWellFormed();
  await recordSkip(db, {
    subject: subjectOf(source, body),
    ...refusal('malformed_message', `${source.handle}: ${describe(problems)}. It says: ${shown}`),
  });
}

async function recordLate(
  { db }: Deps,
  source: PostedSource,
  { body, text }: { body: Buffer; text: string },
): Promise<void> {
  await recordSkip(db, {
    subject: subjectOf(source, body),
    ...refusal('stale', `${source.handle}: ${text}`),
  });
}

interface Received {
  message: PostedMessage;
  externalId: string;
  orExternalId?: string;
}

/** Stores a message in one statement, which tells the pipeline. */
async function store(
  { db, now }: Deps,
  source: PostedSource,
  { message: { author, text, call, sentAt }, ...ids }: Received,
): Promise<Delivered> {
  const at = now();
  const stored = await storePostedMessage(db, {
    ...ids,
    sourceAccountId: source.id,
    author: author ?? source.handle,
    text,
    call,
    postedAt: sentAt ?? at,
    now: at,
  });
  if (stored !== null) return { messageId: stored, duplicate: false };
  const known = [ids.externalId, ids.orExternalId ?? ids.externalId];
  return { messageId: await findPostedMessage(db, source.id, known), duplicate: true };
}
