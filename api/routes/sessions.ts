import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  endSessions,
  listOpenSessions,
  proveSession,
  type SessionRecord,
} from '#prisma/repositories/sessions.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { findUser } from '#prisma/repositories/users.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { originOf } from '../plugins/origins.ts';
import { clearCookie, setCookie } from '../plugins/session-cookie.ts';
import { createSignInLimit } from '../plugins/sign-in-limit.ts';
import { ProblemError } from '../problem.ts';
import { idParams, problems } from '../schemas/common.ts';
import {
  challenge,
  challengeInput,
  opened,
  proofInput,
  session,
  sessionInput,
  sessionList,
  signInInput,
  whoAmI,
  type Session,
} from '../schemas/session.ts';
import { checkSignature } from '../use-cases/sign-in/check-signature.ts';
import { issueChallenge } from '../use-cases/sign-in/issue-challenge.ts';
import {
  openKeySession,
  openWalletSession,
  type OpenedSession,
  type SessionKind,
} from '../use-cases/sign-in/open-session.ts';

/** Messages for a signature, and signatures, that an address may ask to have handled in a minute. */
const SIGN_INS_PER_MINUTE = 20;
const rateLimit = { max: SIGN_INS_PER_MINUTE, timeWindow: 60_000 };

/** Sign-in with a wallet or a key, and the sessions that come of it. */
export const sessionRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(signInRoutes(deps));
    await app.register(ownSessionRoutes(deps));
    await app.register(proofRoutes(deps));
  };

const signInRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const limit = createSignInLimit();

    app.post('/auth/nonce', {
      config: { rateLimit, access: { scope: 'open', rows: 'none' } },
      schema: {
        tags: ['sign-in'],
        summary: 'A message for a wallet to sign (EIP-4361), to be used once within five minutes',
        security: [],
        body: challengeInput,
        response: { 201: challenge, ...problems('origin_refused', 'chain_unknown') },
      },
      handler: async (request, reply) => {
        const origin = originOf(request, deps.signIn);
        return reply.code(201).send(await issueChallenge(deps, { ...request.body, origin, sessionId: null }));
      },
    });

    app.post('/auth/sign-in', {
      config: { rateLimit, access: { scope: 'open', rows: 'none' } },
      schema: {
        tags: ['sign-in'],
        summary: 'Open a session with the signature of a message',
        security: [],
        body: signInInput,
        response: {
          201: opened,
          ...problems('sign_in_refused', 'sign_up_closed', 'origin_refused', 'sign_in_limited'),
        },
      },
      handler: async (request, reply) => {
        const { nonce, signature, ...kept } = request.body;
        const attempt = { address: request.ip, credential: `${nonce} ${signature}` };
        limit.check(attempt);
        const origin = originOf(request, deps.signIn);
        const signed = { nonce, signature, origin, sessionId: null };
        const { address } = await checkSignature(deps, signed).catch((error: unknown) => {
          limit.failed(attempt);
          throw error;
        });
        const made = await openWalletSession(deps, address, kindOf(kept));
        return sendOpened(reply, origin, made);
      },
    });
  };

const ownSessionRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db, now } = deps;

    app.post('/sessions', {
      config: { rateLimit, access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary: 'Open a session with a key, with the scopes of the key',
        description: 'It ends with the key. For a browser that is to hold no key.',
        body: sessionInput,
        response: { 201: opened, ...problems('origin_refused', 'key_needed') },
      },
      handler: async (request, reply) => {
        const principal = principalOf(request);
        if (principal.session !== null) throw new ProblemError('key_needed');
        const origin = originOf(request, deps.signIn);
        return sendOpened(reply, origin, await openKeySession(deps, principal, kindOf(request.body)));
      },
    });

    app.get('/session', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary: 'Who you are, and what this session or key may be used for',
        response: { 200: whoAmI, ...problems() },
      },
      handler: async (request) => {
        const { userId, scopes, session: current, keyId } = principalOf(request);
        const found = await findUser(db, userId);
        if (!found) throw new ProblemError('unauthenticated');
        return { user: found, scopes: [...scopes], session: current && toAnswer(current, current), keyId };
      },
    });

    app.get('/sessions', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary: 'List your open sessions, newest first',
        response: { 200: sessionList, ...problems() },
      },
      handler: async (request) => {
        const { userId, session: current } = principalOf(request);
        const rows = await listOpenSessions(db, userId, now());
        return { items: rows.map((row) => toAnswer(row, current)) };
      },
    });

    app.delete('/sessions/:id', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary: 'End a session: it opens nothing from the next request on',
        params: idParams,
        response: { 200: sessionList, ...problems('session_not_found') },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        const { userId, session: current } = principalOf(request);
        if ((await endAudited(deps, request, { id })) === 0)
          throw new ProblemError('session_not_found', `You have no open session ${id}.`);
        if (id === current?.id && current.isCookie) clearCookie(reply, originOf(request, deps.signIn));
        const rows = await listOpenSessions(db, userId, now());
        return { items: rows.map((row) => toAnswer(row, current)) };
      },
    });

    app.post('/auth/sign-out', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary: 'End the session of this request',
        response: { 200: sessionList, ...problems('session_needed') },
      },
      handler: async (request, reply) => {
        const current = sessionOf(request);
        await endAudited(deps, request, { id: current.id });
        if (current.isCookie) clearCookie(reply, originOf(request, deps.signIn));
        return { items: [] };
      },
    });
  };

const proofRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/auth/proof/nonce', {
      config: { rateLimit, access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary: 'A message for the wallet of this session to sign again',
        body: challengeInput.omit({ address: true }),
        response: {
          201: challenge,
          ...problems('origin_refused', 'chain_unknown', 'session_needed', 'wallet_missing'),
        },
      },
      handler: async (request, reply) => {
        const current = sessionOf(request);
        const { walletAddress = null } = (await findUser(deps.db, principalOf(request).userId)) ?? {};
        if (walletAddress === null) throw new ProblemError('wallet_missing');
        const origin = originOf(request, deps.signIn);
        const wanted = {
          address: walletAddress,
          chainId: request.body.chainId,
          origin,
          sessionId: current.id,
        };
        return reply.code(201).send(await issueChallenge(deps, wanted));
      },
    });

    app.post('/auth/proof', {
      config: { rateLimit, access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['sign-in'],
        summary:
          'Prove with a fresh signature that it is you; for five minutes the session may do what needs it',
        body: proofInput,
        response: { 200: session, ...problems('sign_in_refused', 'origin_refused', 'session_needed') },
      },
      handler: async (request) => {
        const current = sessionOf(request);
        const origin = originOf(request, deps.signIn);
        await checkSignature(deps, { ...request.body, origin, sessionId: current.id });
        const provenAt = deps.now();
        await proveSession(deps.db, current.id, provenAt);
        return toAnswer({ ...current, provenAt }, current);
      },
    });
  };

const kindOf = ({ as, client }: { as: Session['as']; client: string }): SessionKind => ({
  isCookie: as === 'cookie',
  client,
});

function sendOpened(reply: FastifyReply, origin: string, { user, session: made, token }: OpenedSession) {
  if (made.isCookie) setCookie(reply, origin, token);
  const shown = made.isCookie ? null : token;
  return reply
    .code(201)
    .header('cache-control', 'no-store')
    .send({ user, session: toAnswer(made, made), token: shown });
}

/** Returns the session of a request. Throws `session_needed` for one that came with a key. */
function sessionOf(request: FastifyRequest): SessionRecord {
  const { session: current } = principalOf(request);
  if (!current) throw new ProblemError('session_needed');
  return current;
}

/** Ends a session of the caller, audited. Returns how many ended. */
const endAudited = ({ db, now }: ApiDeps, request: FastifyRequest, { id }: { id: string }): Promise<number> =>
  db.$transaction(async (tx) => {
    const { userId, name: actor } = principalOf(request);
    const ended = await endSessions(tx, { userId, id }, now());
    if (ended > 0) await recordChange(tx, { actor, action: 'session.end', subject: `session/${id}` });
    return ended;
  });

const toAnswer = (record: SessionRecord, current: SessionRecord | null): Session => ({
  id: record.id,
  as: record.isCookie ? 'cookie' : 'bearer',
  client: record.client,
  scopes: [...record.scopes],
  current: record.id === current?.id,
  createdAt: record.createdAt,
  provenAt: record.provenAt,
  lastUsedAt: record.lastUsedAt,
  expiresAt: record.expiresAt,
});
