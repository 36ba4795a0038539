import type { FastifyInstance } from 'fastify';
import type { Database } from '#prisma/client.ts';
import { findIds, type NamedTable } from '#prisma/repositories/short-ids.ts';
import { API_PREFIX } from '../api-path.ts';
import { ProblemError, type ProblemCode } from '../problem.ts';

interface Noun {
  table: NamedTable;
  name: string;
  notFound: ProblemCode;
}

const AGENT: Noun = { table: 'agent', name: 'agent', notFound: 'agent_not_found' };
const DEPLOYMENT: Noun = {
  table: 'agent_deployment',
  name: 'deployment',
  notFound: 'deployment_not_found',
};
const SIGNAL: Noun = { table: 'signal', name: 'signal', notFound: 'signal_not_found' };

const SOURCE: Noun = { table: 'source_account', name: 'source', notFound: 'source_not_found' };
const BRAKE: Noun = { table: 'entry_brake', name: 'brake', notFound: 'brake_not_found' };

/** Fields of a path, query or body that hold an id, each with the table of the id. */
const FIELDS: Readonly<Record<string, Noun>> = {
  agentId: AGENT,
  deploymentId: DEPLOYMENT,
  signalId: SIGNAL,
  sourceId: SOURCE,
};

/** Tables that the `:id` of a route names; the routes of trades look up their ids themselves. */
const OF_ROUTE: readonly (readonly [prefix: string, noun: Noun])[] = [
  [`${API_PREFIX}/agents/:id`, AGENT],
  [`${API_PREFIX}/deployments/:id`, DEPLOYMENT],
  [`${API_PREFIX}/signals/:id`, SIGNAL],
  [`${API_PREFIX}/sources/:id`, SOURCE],
  [`${API_PREFIX}/brakes/:id`, BRAKE],
];

/** At least six characters of an id and less than all of it. */
const PART = /^[0-9a-f-]{6,35}$/i;

/**
 * Lets a request name agents, deployments, signals, sources and brakes by the last (or first) six characters of their ids, or more: they
 * are replaced by the whole ids before the request is read. Answers `id_ambiguous` where several match, and that there
 * is none where none does.
 */
export function acceptShortIds(app: FastifyInstance, db: Database): void {
  app.addHook('preValidation', async (request) => {
    for (const part of [request.params, request.query, request.body]) {
      if (!isRecord(part)) continue;
      for (const [field, noun] of Object.entries(FIELDS)) await lengthen(db, part, field, noun);
    }
    const { url = '' } = request.routeOptions;
    const noun = OF_ROUTE.find(([prefix]) => url.startsWith(prefix))?.[1];
    if (noun && isRecord(request.params)) await lengthen(db, request.params, 'id', noun);
  });
}

async function lengthen(
  db: Database,
  fields: Record<string, unknown>,
  field: string,
  noun: Noun,
): Promise<void> {
  const given = fields[field];
  if (typeof given !== 'string' || !PART.test(given)) return;
  const [id, other] = await findIds(db, noun.table, given.toLowerCase());
  if (id === undefined) throw new ProblemError(noun.notFound, `There is no ${noun.name} ${given}.`);
  if (other !== undefined)
    throw new ProblemError('id_ambiguous', `${id} and ${other} (and maybe more) match ${given}.`);
  fields[field] = id;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
