import { destination, pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  level: string;
  /** Which process writes: `api`, `worker`, ... */
  name: string;
  /** Where lines go; standard error when not given, so that standard output stays the program's own. */
  destination?: DestinationStream;
}

/** Names of fields that may hold a secret; the logger blanks them at any depth. */
export const SECRET_FIELDS = [
  'apiKey',
  'authorization',
  'cookie',
  'databaseUrl',
  'key',
  'masterKey',
  'masterKeys',
  'mnemonic',
  'password',
  'privateKey',
  'sealed',
  'secret',
  'signature',
  'token',
  'DATABASE_URL',
  'OPENAI_API_KEY',
  'SIGNALMAN_API_KEY',
  'SIGNALMAN_MASTER_KEY',
  'SIGNALMAN_OLD_MASTER_KEYS',
  'TEMPORAL_API_KEY',
] as const;

/** How deep a secret may be nested and still be found; each level costs every log line a little. */
const REDACTED_DEPTH = 4;

/** A JSON logger in which no secret field survives. */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: redactedPaths(), censor: '[redacted]' },
    },
    options.destination ?? standardError(),
  );
}

/** What a full disk does not take is kept up to this many bytes, and written once there is room. */
const MAX_KEPT_BYTES = 1024 * 1024;

function standardError(): DestinationStream {
  const stream = destination({ fd: 2, sync: false, maxLength: MAX_KEPT_BYTES });
  // Without a listener a line that cannot be written would end the program.
  stream.on('error', () => undefined);
  return stream;
}

function redactedPaths(): string[] {
  const depths = Array.from({ length: REDACTED_DEPTH }, (_, depth) => '*.'.repeat(depth));
  return SECRET_FIELDS.flatMap((field) => depths.map((prefix) => `${prefix}${field}`));
}
