import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toProblemError } from '../error-mapping.ts';
import { ProblemError, toProblem } from '../problem.ts';
import type { WebHandler } from './web.ts';

/**
 * Answers every error with a problem, and logs the errors that are not the caller's. What no route has is the web
 * interface's, where it wants it.
 */
export function answerErrors(app: FastifyInstance, web: WebHandler): void {
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request, reply) => {
    if (web(request, reply)) return reply;
    return sendProblem(
      new ProblemError('route_not_found', `${request.method} ${pathOf(request)}`),
      request,
      reply,
    );
  });
}

/** Answers with the problem that an error amounts to. */
export const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
  sendProblem(toProblemError(error), request, reply);

function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply) {
  if (problem.statusCode >= 500) {
    const err = problem.cause ?? problem;
    request.log.error({ err, code: problem.code }, 'request failed');
  }
  if (problem.retryAfterS !== undefined) void reply.header('retry-after', problem.retryAfterS);
  if (problem.statusCode === 401) void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.statusCode)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(toProblem(problem, request.id));
}

/** Returns the path without the query, in which people put secrets. */
const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '/';
