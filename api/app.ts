import { randomUUID } from 'node:crypto';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { API_PREFIX } from './api-path.ts';
import type { ApiDeps } from './deps.ts';
import { requireAccess } from './plugins/access.ts';
import { bearerKey, openSession, requireSignIn } from './plugins/auth.ts';
import { answerClientError, requireHost } from './plugins/client-errors.ts';
import { answerErrors, sendError } from './plugins/errors.ts';
import { refuseOtherMethods } from './plugins/known-methods.ts';
import { DEFAULT_REQUESTS_PER_MINUTE, limitCallers } from './plugins/limits.ts';
import { describeProblems } from './plugins/described-problems.ts';
import { documentRoutes } from './plugins/openapi.ts';
import { serveWeb } from './plugins/web.ts';
import { doNamedRequestsOnce } from './plugins/named-requests.ts';
import { resolveNamedRows } from './plugins/named-rows.ts';
import { accountRoutes } from './routes/accounts.ts';
import { agentChangeRoutes } from './routes/agent-changes.ts';
import { agentRoutes } from './routes/agents.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditRoutes } from './routes/audit.ts';
import { billRoutes } from './routes/bills.ts';
import { brakeRoutes } from './routes/brakes.ts';
import { channelRoutes } from './routes/channels.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { eventRoutes } from './routes/events.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { exportRoutes } from './routes/exports.ts';
import { healthRoutes } from './routes/health.ts';
import { hookRoutes } from './routes/hooks.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { modelRoutes } from './routes/model.ts';
import { onboardingRoutes } from './routes/onboarding.ts';
import { performanceRoutes } from './routes/performance.ts';
import { positionRoutes } from './routes/positions.ts';
import { problemRoutes } from './routes/problems.ts';
import { reconcileRoutes } from './routes/reconcile.ts';
import { routingRoutes } from './routes/routing.ts';
import { scoreRoutes } from './routes/scores.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { userRoutes } from './routes/users.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { signalRoutes } from './routes/signals.ts';
import { sourceRoutes } from './routes/sources.ts';
import { sourceHookRoutes } from './routes/source-hooks.ts';
import { tradeRoutes } from './routes/trades.ts';
import { venueRoutes } from './routes/venues.ts';

export type { ApiDeps } from './deps.ts';

const BODY_LIMIT_BYTES = 64 * 1024;
/** To receive a whole request. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Silence on a connection; longer than the longest wait a caller may ask for. */
const CONNECTION_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 10_000;

/** Routes at addresses that others know: supervisors, Prometheus, senders of hooks. */
const wellKnownRoutes = (deps: ApiDeps) => [
  healthRoutes(deps),
  metricsRoutes(deps),
  problemRoutes,
  hookRoutes(deps),
];

/** Routes below {@link API_PREFIX}. */
const versionedRoutes = (deps: ApiDeps) => [
  agentRoutes(deps),
  agentChangeRoutes(deps),
  sourceRoutes(deps),
  deploymentRoutes(deps),
  onboardingRoutes(deps),
  brakeRoutes(deps),
  signalRoutes(deps),
  sourceHookRoutes(deps),
  scoreRoutes(deps),
  explanationRoutes(deps),
  tradeRoutes(deps),
  positionRoutes(deps),
  billRoutes(deps),
  eventRoutes(deps),
  accountRoutes(deps),
  reconcileRoutes(deps),
  performanceRoutes(deps),
  exportRoutes(deps),
  modelRoutes(deps),
  routingRoutes(deps),
  venueRoutes(deps),
  scheduleRoutes(deps),
  channelRoutes(deps),
  sessionRoutes(deps),
  userRoutes(deps),
  apiKeyRoutes(deps),
  auditRoutes(deps),
];

/**
 * The API, not yet listening. The caller owns what is in `deps` and closes it after the app.
 *
 * @example
 * const app = await buildApp(deps);
 * const answer = await app.inject({ url: '/livez' });
 */
export async function buildApp(deps: ApiDeps): Promise<FastifyInstance> {
  const logger: FastifyBaseLogger = deps.logger;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    http: { requireHostHeader: false },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, await serveWeb(app));
  requireHost(app);
  await limitCallers(app, deps.requestsPerMinute ?? DEFAULT_REQUESTS_PER_MINUTE);
  await documentRoutes(app);
  describeProblems(app);
  requireAccess(app);
  refuseOtherMethods(app);
  requireSignIn(app, {
    now: deps.now,
    inside: deps.authenticators,
    authenticators: [bearerKey(deps.db), openSession(deps)],
  });
  resolveNamedRows(app, deps.db);
  doNamedRequestsOnce(app, deps.db);
  for (const routes of wellKnownRoutes(deps)) await app.register(routes);
  for (const routes of versionedRoutes(deps)) await app.register(routes, { prefix: API_PREFIX });
  await app.ready();
  return app;
}
