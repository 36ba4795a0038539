import { readFileSync } from 'node:fs';
import { ConfigError, type ConfigProblem } from './config-error.ts';

/** Variables that may stand in a file instead: `SIGNALMAN_MASTER_KEY_FILE` names the file of `SIGNALMAN_MASTER_KEY`. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'TEMPORAL_API_KEY',
  'SIGNALMAN_MASTER_KEY',
  'SIGNALMAN_OLD_MASTER_KEYS',
  'SIGNALMAN_SOURCE_KEY',
  'SIGNALMAN_PAYLOAD_KEY',
  'SIGNALMAN_API_KEY',
  'OPENAI_API_KEY',
  'LUNARCRUSH_API_KEY',
  'X_BEARER_TOKEN',
  'X_PROXY_SECRET',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_NOTIFY_BOT_TOKEN',
] as const;

/**
 * Returns the environment with the secrets that files hold, without the white space around them.
 *
 * @throws {ConfigError} for a file that cannot be read, and for a secret that is given both ways.
 */
export function readSecretVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const problems: ConfigProblem[] = [];
  const read: NodeJS.ProcessEnv = { ...env };
  for (const name of SECRET_VARIABLES) {
    const variable = `${name}_FILE`;
    const file = env[variable];
    if (file === undefined) continue;
    if (env[name] !== undefined) problems.push({ variable, problem: `is set, and so is ${name}: give one` });
    else read[name] = readSecret(file, (problem) => problems.push({ variable, problem }));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return read;
}

function readSecret(file: string, tell: (problem: string) => void): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret === '') tell(`names a file with nothing in it: ${file}`);
    return secret;
  } catch (error) {
    tell(`names a file that cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
