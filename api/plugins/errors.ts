import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toProblemError } from '../error-mapping.ts';
import { ProblemError, toProblem } from '../problem.ts';

/** Answers every error as a problem and logs those that are ours. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(toProblemError(error), request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new ProblemError('route_not_found', `${request.method} ${pathOf(request)}`), request, reply),
  );
}

function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply) {
  if (problem.statusCode >= 500) {
    const err = problem.cause ?? problem;
    request.log.error({ err, code: problem.code }, 'request failed');
  }
  if (problem.statusCode === 401) void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.statusCode)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(toProblem(problem, request.id));
}

/** The query stays out: people put secrets there. */
const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '/';
