import { Command } from 'commander';
import type { ApiKey, ApiKeyMade } from '#api/schemas/api-key.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { renderTable, utc, type Column } from '#terminal/output.ts';

interface Options {
  limit: number;
  json?: boolean;
}

/** `signalman keys`: the keys of the API; `add` makes one, `revoke` ends one. */
export const keysCommand = (): Command =>
  new Command('keys')
    .description('list the keys that open the API, newest first, or add and revoke them')
    .enablePositionalOptions()
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(addCommand())
    .addCommand(revokeCommand());

const addCommand = (): Command =>
  new Command('add')
    .description('make a key; it is shown this once')
    .argument('<name>', 'who or what uses it')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const made = await api.post<ApiKeyMade>('/api-keys', { name });
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
  { title: 'MADE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'LAST USED', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : utc(lastUsedAt)) },
  { title: 'STATUS', cell: statusOf },
];

function statusOf({ revokedAt, current }: ApiKey): string {
  if (revokedAt !== null) return `revoked ${utc(revokedAt)}`;
  return current ? 'active, this one' : 'active';
}
