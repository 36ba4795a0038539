import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import {
  hasZodFastifySchemaValidationErrors,
  type ZodFastifySchemaValidationError,
} from 'fastify-type-provider-zod';
import { VenueError } from '#venues/venue.ts';
import { ProblemError, type FieldError, type ProblemCode } from './problem.ts';

/** Errors of Fastify that the caller can correct. */
const FASTIFY_CODES: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_body',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_MAX_PARAM_LENGTH: 'malformed_request',
};

/** Prisma: server not reachable, time-outs, connection closed, pool exhausted. */
const DATABASE_DOWN = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
const SOCKET_DOWN = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);
/** PostgreSQL: starting up, shutting down, administrator's command. */
const POSTGRES_DOWN = new Set(['57P01', '57P02', '57P03', '53300']);
/** The driver's words for a connection that ended under a statement; it gives no code. */
const DRIVER_DOWN = 'Connection terminated';

const PARTS: Record<string, FieldError['in']> = { body: 'body', querystring: 'query', params: 'path' };

/** Returns the problem that an error amounts to. An unknown error becomes `internal`, whose text holds no detail. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation, error.validationContext);
  const known = FASTIFY_CODES[codeOf(error)];
  if (known) return new ProblemError(known, undefined, { cause: error });
  if (error instanceof VenueError)
    return new ProblemError('venue_unreachable', error.message, { cause: error });
  if (isTemporalDown(error)) return new ProblemError('temporal_unreachable', undefined, { cause: error });
  if (isDatabaseDown(error)) return new ProblemError('database_unreachable', undefined, { cause: error });
  return new ProblemError('internal', undefined, { cause: error });
}

function invalid(issues: readonly ZodFastifySchemaValidationError[], part: string | undefined): ProblemError {
  const errors = issues.map((issue) => ({
    in: PARTS[part ?? 'body'] ?? 'body',
    pointer: issue.instancePath,
    detail: detailOf(issue),
  }));
  const places = errors.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
  return new ProblemError('validation_failed', places.join('; '), { errors });
}

/** Returns the text for an invalid value: one of ours where the schema has no text of its own, else the schema's. */
function detailOf({ message = '', params }: ZodFastifySchemaValidationError): string {
  const given: {
    values?: unknown;
    expected?: unknown;
    maximum?: unknown;
    minimum?: unknown;
    inclusive?: unknown;
  } = params;
  if (message.endsWith('received undefined')) return 'is missing';
  if (message.startsWith('Invalid option') && Array.isArray(given.values))
    return `must be one of ${given.values.join(', ')}`;
  if (message.startsWith('Invalid input: expected') && typeof given.expected === 'string')
    return `must be of type ${given.expected}`;
  if (/^Too big: expected (number|int) /.test(message))
    return `must be ${given.inclusive === true ? 'at most' : 'below'} ${String(given.maximum)}`;
  if (/^Too small: expected (number|int) /.test(message))
    return `must be ${given.inclusive === true ? 'at least' : 'above'} ${String(given.minimum)}`;
  return message === '' ? 'is not valid' : message;
}

/** Returns whether an error says that no workflow of the id runs. */
export const isNotRunning = (error: unknown): boolean => error instanceof WorkflowNotFoundError;

const isTemporalDown = (error: unknown): boolean => error instanceof ServiceError;

function isDatabaseDown(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = codeOf(at);
    if (DATABASE_DOWN.has(code) || SOCKET_DOWN.has(code) || POSTGRES_DOWN.has(code)) return true;
    if (at.name === 'PrismaClientInitializationError' || at.name === 'DriverAdapterError') return true;
    if (at.message.startsWith(DRIVER_DOWN)) return true;
  }
  return false;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
