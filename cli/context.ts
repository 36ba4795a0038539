import { InvalidArgumentError } from 'commander';
import { createApiClient, type ApiClient } from '#api/client.ts';
import { createOutput, type Output } from '#terminal/output.ts';
import { findSystem } from './find-api.ts';

/** The parts that a command works with. */
export interface CliContext {
  api: ApiClient;
  out: Output;
}

/** The running system and standard output. */
export const openContext = (): CliContext => ({
  api: connectApi(process.env),
  out: createOutput(process.stdout, process.env),
});

/** Connects to the API of the system found in the environment or the state folder. */
function connectApi(env: NodeJS.ProcessEnv): ApiClient {
  const { apiUrl, apiKey } = findSystem(env);
  return createApiClient({ url: apiUrl.value, key: apiKey?.value ?? null });
}

/** Reads a whole number option in a range; commander reports what is wrong and ends with status 2. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}.`);
  };

/** Reads a number option; commander reports what is wrong. */
export const anyNumber = (text: string): number => {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('must be a number.');
};

/** Lists show this many rows unless asked for more. */
export const DEFAULT_ROWS = 50;
export const MAX_ROWS = 10_000;
