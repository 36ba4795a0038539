import { Command, Option } from 'commander';
import type { ApiKey, ApiKeyMade } from '#api/schemas/api-key.ts';
import { SCOPES, type Scope } from '#domain/access.ts';
import { checkCommand } from './keys/check.ts';
import { rotateMasterCommand } from './keys/rotate-master.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { renderTable, utc, type Column } from '#terminal/output.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 3_650;

interface AddOptions {
  scopes: Scope[];
  days?: number;
  json?: boolean;
}

interface Options {
  limit: number;
  json?: boolean;
}

/**
 * `signalman keys`: your keys of the API; `add` makes one, `revoke` ends one; of the trading keys `check` says how they stand, and
 * `rotate-master` replaces the master key.
 */
export const keysCommand = (): Command =>
  new Command('keys')
    .description(
      'list your keys of the API, newest first, or add and revoke them; check trading keys and rotate their master key',
    )
    .enablePositionalOptions()
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(addCommand())
    .addCommand(revokeCommand())
    .addCommand(checkCommand())
    .addCommand(rotateMasterCommand());

const addCommand = (): Command =>
  new Command('add')
    .description('make a key; it is shown this once')
    .argument('<name>', 'who or what uses it')
    .addOption(
      new Option('--scopes <scopes...>', 'what it may be used for')
        .choices(SCOPES)
        .default([...SCOPES], 'all'),
    )
    .option('--days <n>', 'how long it opens the API; without an end when left out', wholeNumber(1, MAX_DAYS))
    .option('--json', 'print JSON')
    .action(async (name: string, { scopes, days, json }: AddOptions) => {
      const { api, out } = openContext();
      const expiresAt = days === undefined ? null : Date.now() + days * DAY_MS;
      const made = await api.post<ApiKeyMade>('/api-keys', { name, scopes, expiresAt });
      if (json) return out.json(made);
      out.line(made.key);
      out.line(`key ${made.id} (${made.name}); it is not shown again`);
    });

const revokeCommand = (): Command =>
  new Command('revoke')
    .description('end a key at once')
    .argument('<id>', 'as listed by `signalman keys`')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const ended = await api.post<ApiKey>(`/api-keys/${encodeURIComponent(id)}/revoke`);
      if (json) return out.json(ended);
      out.line(`key ${ended.id} (${ended.name}) opens nothing any more`);
      if (ended.current) out.line('it was the one this command used: put another into SIGNALMAN_API_KEY');
    });

async function list({ limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const keys = await api.list<ApiKey>('/api-keys', limit);
  if (json) return out.json({ keys });
  for (const line of renderTable(COLUMNS, keys, out.colors)) out.line(line);
}

const COLUMNS: Column<ApiKey>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'SCOPES', cell: ({ scopes }) => scopes.join(' ') },
  { title: 'MADE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'LAST USED', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : utc(lastUsedAt)) },
  { title: 'STATUS', cell: statusOf },
];

function statusOf({ revokedAt, expiresAt, current }: ApiKey): string {
  if (revokedAt !== null) return `revoked ${utc(revokedAt)}`;
  if (expiresAt !== null && expiresAt <= Date.now()) return `expired ${utc(expiresAt)}`;
  if (expiresAt !== null && !current) return `active until ${utc(expiresAt)}`;
  return current ? 'active, this one' : 'active';
}
