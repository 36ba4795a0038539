import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readEvents, readFeedEnd, type EventCursor } from '#prisma/repositories/event-feed.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';
import type { ApiDeps } from '../deps.ts';
import { createEventHub } from '../events/event-hub.ts';
import { openEventStream, readCursor, type EventStream } from '../events/event-stream.ts';
import { ownRows, principalOf } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../schemas/common.ts';

const BEAT_MS = 15_000;
const RECHECK_MS = 60_000;
/** Listeners of a process, and of one user. */
const MAX_LISTENERS = 2_000;
const MAX_OF_USER = 20;
/** Events that are sent again to a listener who comes back; who missed more reads everything anew. */
const MAX_MISSED = 2_000;

const eventsQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,18}\.\d{1,18}$/, 'must be the id of an event')
    .optional()
    .meta({ description: 'as `Last-Event-ID`, for who cannot set headers' }),
});

/** Live events, as server-sent events. */
export const eventRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const hub = createEventHub(deps);
    const listeners = new Map<EventStream, string>();
    app.addHook('preClose', async () => {
      for (const stream of listeners.keys()) stream.end('closing');
      hub.close();
    });

    const refuseTooMany = (userId: string): void => {
      const own = [...listeners.values()].filter((each) => each === userId).length;
      if (listeners.size >= MAX_LISTENERS || own >= MAX_OF_USER) throw new ProblemError('too_many_listeners');
    };

    app.get('/events', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['events'],
        summary: 'What happens from now on, or from `Last-Event-ID` on, as server-sent events',
        description:
          '`trade` and `system` events, each with an id; `reset` where events are missing and everything is to be read ' +
          'anew; `ended` with a `code` when the key or session no longer opens the stream.',
        querystring: eventsQuery,
        response: {
          200: { content: { 'text/event-stream': { schema: z.string() } } },
          ...problems('too_many_listeners'),
        },
      },
      handler: async (request, reply) => {
        const { userId } = principalOf(request);
        refuseTooMany(userId);
        const end = await readFeedEnd(deps.db);
        const after = readCursor(request.query.after ?? headerOf(request) ?? '');
        const stream = openStream(reply, { after: after ?? end, sight: () => ownRows(request) });
        listeners.set(stream, userId);
        const { stop, catchUp } = follow(stream, { after, end });
        const beat = setInterval(() => stream.beat(), BEAT_MS);
        const recheck = setInterval(() => void check(request, stream), RECHECK_MS);
        const leave = (): void => {
          stop();
          clearInterval(beat);
          clearInterval(recheck);
          listeners.delete(stream);
        };
        // Who has left while the request was read is told of by no event any more.
        if (reply.raw.destroyed) leave();
        else reply.raw.once('close', leave);
        await catchUp().catch((err: unknown) => {
          deps.logger.warn({ err }, 'a listener cannot be told what it missed');
          reply.raw.destroy();
        });
        return reply;
      },
    });

    /** Follows the events for a stream: `catchUp` sends what was missed, and then what has come meanwhile. */
    function follow(
      stream: EventStream,
      { after, end }: { after: EventCursor | null; end: EventCursor },
    ): { stop: () => void; catchUp: () => Promise<void> } {
      // The stream knows what it has sent: what the hub brings meanwhile waits until the missed events are through.
      let waiting: Parameters<EventStream['send']>[0][] | null = [];
      const stop = hub.listen((event) => {
        if (waiting) waiting.push(event);
        else stream.send(event);
      }, end);
      const catchUp = async (): Promise<void> => {
        const missed = await readMissed(deps, after ?? end, end);
        if (missed) for (const event of missed) stream.send(event);
        else stream.reset(end);
        for (const event of waiting ?? []) stream.send(event);
        waiting = null;
      };
      return { stop, catchUp };
    }

    /** Ends a stream whose key or session opens nothing any more, and adapts it to what its user may see. */
    async function check(request: FastifyRequest, stream: EventStream): Promise<void> {
      try {
        const principal = await app.authenticate(request);
        if (!principal?.scopes.includes('read')) return stream.end('unauthenticated');
        request.principal = principal;
      } catch (err) {
        deps.logger.warn({ err }, 'a listener cannot be checked');
        stream.end('unauthenticated');
      }
    }
  };

/** Returns the events after a place; null when they are too many, or the place is none of this database. */
async function readMissed({ db }: ApiDeps, after: EventCursor, end: EventCursor) {
  if (after.tx > end.tx) return null;
  const missed = await readEvents(db, { after, limit: MAX_MISSED + 1 });
  return missed.length > MAX_MISSED ? null : missed;
}

function openStream(reply: FastifyReply, from: { after: EventCursor; sight: () => OfUser }): EventStream {
  void reply.hijack();
  reply.raw.writeHead(200, {
    ...definedHeaders(reply),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  return openEventStream(reply.raw, from);
}

const definedHeaders = (reply: FastifyReply) =>
  Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined));

const headerOf = ({ headers }: FastifyRequest): string | undefined => {
  const given = headers['last-event-id'];
  return typeof given === 'string' ? given : undefined;
};
