import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { findSource, listSources, type SourceRecord } from '#prisma/repositories/source-accounts.ts';
import { tallySources, type SourceTally } from '#prisma/repositories/source-days.ts';
import { isPolled, type Sources } from '#sources/source.ts';
import type { ApiDeps } from '../deps.ts';
import { paginate } from '../pagination.ts';
import { principalOf } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { idParams, problems } from '../schemas/common.ts';
import {
  messageInput,
  messageStored,
  source,
  sourceChange,
  sourceInput,
  sourcePage,
  sourceQuery,
  sourceTest,
  type Source,
} from '../schemas/source.ts';
import { addSource } from '../use-cases/add-source.ts';
import { changeSourceStatus, editSource } from '../use-cases/change-source.ts';
import { given } from '../use-cases/given.ts';
import { pollNow } from '../use-cases/poll-now.ts';
import { postMessage } from '../use-cases/post-message.ts';
import { testSource } from '../use-cases/test-source.ts';

/** Where messages come from: add, list, one, change, test, pause, resume, remove, and post by hand. */
export const sourceRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/sources', {
      config: { once: true, access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['sources'],
        summary: 'Add a source',
        body: sourceInput,
        response: { 201: source, ...problems('source_refused', 'source_exists') },
      },
      handler: async (request, reply) => {
        const id = await addSource(deps, principalOf(request), request.body);
        await pollNow(deps, request.body.kind);
        return reply
          .code(201)
          .header('location', `/v1/sources/${id}`)
          .send(await view(deps, id));
      },
    });

    app.get('/sources', {
      config: { access: { scope: 'read', rows: 'shared', role: 'creator' } },
      schema: {
        tags: ['sources'],
        summary: 'List sources',
        querystring: sourceQuery,
        response: { 200: sourcePage, ...problems() },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        paginate({ limit, cursor }, async (page) =>
          viewAll(deps, await listSources(deps.db, { ...page, ...given(filter) })),
        ),
    });

    app.get('/sources/:id', {
      config: { access: { scope: 'read', rows: 'shared', role: 'creator' } },
      schema: {
        tags: ['sources'],
        summary: 'One source',
        params: idParams,
        response: { 200: source, ...problems('source_not_found') },
      },
      handler: ({ params }) => view(deps, params.id),
    });

    app.patch('/sources/:id', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['sources'],
        summary: 'Change options, secret, period or budget',
        params: idParams,
        body: sourceChange,
        response: { 200: source, ...problems('source_not_found', 'source_refused') },
      },
      handler: async (request) => {
        const found = await getSource(deps, request.params.id);
        await editSource(deps, principalOf(request), found, request.body);
        return view(deps, found.id);
      },
    });

    app.delete('/sources/:id', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['sources'],
        summary: 'Read it no more and list it no more; its messages are kept',
        params: idParams,
        response: { 200: source, ...problems('source_not_found', 'source_in_use') },
      },
      handler: async (request) => {
        const found = await getSource(deps, request.params.id);
        await changeSourceStatus(deps, principalOf(request), found, 'remove');
        return view(deps, found.id);
      },
    });

    for (const [action, summary] of STATUS_CHANGES) {
      app.post(`/sources/:id/${action}`, {
        config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
        schema: {
          tags: ['sources'],
          summary,
          params: idParams,
          response: { 200: source, ...problems('source_not_found') },
        },
        handler: async (request) => {
          const found = await getSource(deps, request.params.id);
          await changeSourceStatus(deps, principalOf(request), found, action);
          if (action === 'resume') await pollNow(deps, found.kind);
          return view(deps, found.id);
        },
      });
    }

    app.post('/sources/:id/test', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['sources'],
        summary: 'Poll it once and store nothing',
        params: idParams,
        response: { 200: sourceTest, ...problems('source_not_found', 'source_refused') },
      },
      handler: async ({ params }) => testSource(deps, await getSource(deps, params.id)),
    });

    app.post('/sources/:id/messages', {
      config: { once: true, access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['sources'],
        summary: 'Post a message by hand to a manual source',
        params: idParams,
        body: messageInput,
        response: { 201: messageStored, ...problems('source_not_found', 'source_refused') },
      },
      handler: async (request, reply) => {
        const found = await getSource(deps, request.params.id);
        return reply.code(201).send(await postMessage(deps, principalOf(request), found, request.body));
      },
    });
  };

const STATUS_CHANGES = [
  ['pause', 'Read it no more until it is resumed'],
  ['resume', 'Read it again at once, also where a refusal had stopped it'],
] as const;

/** Returns the source. Throws `source_not_found`. */
async function getSource({ db }: ApiDeps, id: string): Promise<SourceRecord> {
  const found = await findSource(db, id);
  if (!found) throw new ProblemError('source_not_found', `There is no source ${id}.`);
  return found;
}

async function view(deps: ApiDeps, id: string): Promise<Source> {
  const [viewed] = await viewAll(deps, [await getSource(deps, id)]);
  if (!viewed) throw new ProblemError('source_not_found', `There is no source ${id}.`);
  return viewed;
}

async function viewAll({ db, sources, now }: ApiDeps, records: readonly SourceRecord[]): Promise<Source[]> {
  const tallies = await tallySources(
    db,
    records.map(({ id }) => id),
    now(),
  );
  return records.map((record) => toView(sources, record, tallies.get(record.id) ?? NO_TALLY));
}

const NO_TALLY: SourceTally = {
  today: { messages: 0, edits: 0, deletions: 0, malformed: 0, reads: 0, costUsd: '0' },
  readsThisMonth: 0,
  messagesPerDay: 0,
  costPerDayUsd: '0',
};

function toView(sources: Sources, record: SourceRecord, tally: SourceTally): Source {
  const kind = sources.get(record.kind);
  const polled = kind && isPolled(kind) ? kind : null;
  const state = stateOf(record, polled !== null);
  return {
    ...record,
    ...tally,
    state,
    periodMs: polled && Math.max(polled.period.minMs, record.periodMs ?? polled.period.defaultMs),
    nextPollAt: polled && record.status === 'active' && state !== 'stopped' ? record.nextPollAt : null,
  };
}

function stateOf(
  { status, stopCode, failures, polledAt }: SourceRecord,
  isPolledKind: boolean,
): Source['state'] {
  if (status !== 'active') return status;
  if (stopCode !== null) return 'stopped';
  if (failures > 0) return 'failing';
  return isPolledKind && polledAt === null ? 'waiting' : 'ok';
}
