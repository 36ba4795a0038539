import { CliError } from './cli-error.ts';

/**
 * Reads `name=value` pairs: a value that is JSON (a number, true, a list) counts as that, any other as text. Throws
 * `CliError` for text without a name.
 */
export const readSourceOptions = (pairs: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(readPair));

function readPair(pair: string): [string, unknown] {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(pair) ?? [];
  if (name === undefined || value === undefined) throw new CliError(`--option: ${pair} is not name=value`, 2);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
