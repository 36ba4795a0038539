import type { FastifyInstance } from 'fastify';
import type { Database } from '#prisma/client.ts';
import { findIds, isVisible, type NamedTable, type Sight } from '#prisma/repositories/visible-rows.ts';
import { API_PREFIX } from '../api-path.ts';
import { ownRows } from './auth.ts';
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
  [`${API_PREFIX}/metrics/impact/:id`, SOURCE],
];

/** At least six characters of an id and less than all of it. */
const PART = /^[0-9a-f-]{6,35}$/i;
const WHOLE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Sees to it that what a request names (agents, deployments, signals, sources, brakes; in its path, query or body) is
 * there for its caller: rows of others are answered as rows that are not there. Ids may be given by their last (or
 * first) six characters, or more: they are replaced by the whole ids before the request is read. Answers
 * `id_ambiguous` where several match.
 */
export function resolveNamedRows(app: FastifyInstance, db: Database): void {
  app.addHook('preValidation', async (request) => {
    const { access } = request.routeOptions.config;
    if (!access || access.scope === 'open') return;
    const reader: Reader = {
      sight: { ...ownRows(request), published: access.rows === 'published' },
      checksOwner: access.checksOwner === true,
    };
    for (const part of [request.params, request.query, request.body]) {
      if (!isRecord(part)) continue;
      for (const [field, noun] of Object.entries(FIELDS))
        await resolve(db, reader, { fields: part, field, noun });
    }
    const { url = '' } = request.routeOptions;
    const noun = OF_ROUTE.find(([prefix]) => url.startsWith(prefix))?.[1];
    if (noun && isRecord(request.params))
      await resolve(db, reader, { fields: request.params, field: 'id', noun });
  });
}

interface Reader {
  sight: Sight;
  /** True where the handler compares the owners of whole ids. */
  checksOwner: boolean;
}

interface NamedField {
  fields: Record<string, unknown>;
  field: string;
  noun: Noun;
}

async function resolve(
  db: Database,
  { sight, checksOwner }: Reader,
  { fields, field, noun }: NamedField,
): Promise<void> {
  const given = fields[field];
  if (typeof given !== 'string') return;
  const missing = () => new ProblemError(noun.notFound, `There is no ${noun.name} ${given}.`);
  if (WHOLE.test(given)) {
    // Who sees all rows is told by the handler whether there is one.
    if (sight.ofUser === undefined || checksOwner) return;
    if (!(await isVisible(db, noun.table, given, sight))) throw missing();
    return;
  }
  if (!PART.test(given)) return;
  const [id, other] = await findIds(db, noun.table, given.toLowerCase(), sight);
  if (id === undefined) throw missing();
  if (other !== undefined)
    throw new ProblemError('id_ambiguous', `${id} and ${other} (and maybe more) match ${given}.`);
  fields[field] = id;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
