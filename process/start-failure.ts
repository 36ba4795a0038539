import { errorCode } from './error-code.ts';

/**
 * Says in a line, to standard error, why a program could not start, and ends it with status 1. A programmer gets the
 * stack too, with `LOG_LEVEL=debug` in `env`.
 */
export function failStart(program: string, error: unknown, env: NodeJS.ProcessEnv): never {
  process.stderr.write(`${program}: ${explainFailure(error)}\n`);
  if (env['LOG_LEVEL'] === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

/** Why something failed, in words; of a database client's many lines the one that says it. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (errorCode(error) === 'EADDRINUSE')
    return `port ${portOf(error)} is taken: choose another, or end its user`;
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(explainFailure).join('; ');
  const lines = error.message.split('\n').filter((line) => line.trim() !== '');
  const isInvocation = lines[0]?.startsWith('Invalid `') === true;
  return isInvocation ? (lines.at(-1) ?? '') : lines.join('\n');
}

const portOf = (error: Error): string => ('port' in error ? String(error.port) : 'it listens on');
