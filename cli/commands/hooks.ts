import { Argument, Command } from 'commander';
import type { Hook, HookMade } from '#api/schemas/hook.ts';
import { POSTED_KINDS } from '#sources/webhook/webhook-source.ts';
import { renderTable, utc, type Column, type Output } from '#terminal/output.ts';
import { openContext } from '../context.ts';
import { findSystem } from '../find-api.ts';

/** `signalman hooks`: addresses that programs may post messages to; `add` makes one, or replaces what opens it. */
export const hooksCommand = (): Command =>
  new Command('hooks')
    .description('list the addresses that programs may post messages to, or make one')
    .enablePositionalOptions()
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(addCommand());

const addCommand = (): Command =>
  new Command('add')
    .description('make an address for a source, or replace what opens it; it is shown this once')
    .addArgument(
      new Argument('<kind>', 'webhook: signed; tradingview: a token in the address').choices(POSTED_KINDS),
    )
    .argument('<name>', 'name of the source, as in `agents create --source webhook:NAME:80`')
    .option('--end-old', 'what opened it before opens nothing any more; otherwise for a day')
    .option('--json', 'print JSON')
    .action(async (kind: string, handle: string, { endOld, json }: { endOld?: boolean; json?: boolean }) => {
      const { api, out } = openContext();
      const made = await api.post<HookMade>('/source-hooks', { kind, handle, endOldNow: endOld === true });
      if (json) return out.json(made);
      describe(made, findSystem(process.env).apiUrl.value, out);
    });

function describe({ kind, handle, path, secret, oldUntil }: HookMade, apiUrl: string, out: Output): void {
  out.line(`POST ${apiUrl}${path}`);
  if (secret !== null) out.line(`secret ${secret}`);
  out.line(`source ${kind}:${handle}; ${secret === null ? 'the address' : 'the secret'} is not shown again`);
  if (oldUntil !== null) out.line(`what there was before opens until ${utc(oldUntil)} UTC`);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const { items } = await api.get<{ items: Hook[] }>('/source-hooks');
  if (json) return out.json({ hooks: items });
  for (const line of renderTable(COLUMNS, items, out.colors)) out.line(line);
}

const COLUMNS: Column<Hook>[] = [
  { title: 'SOURCE', cell: ({ kind, handle }) => `${kind}:${handle}` },
  { title: 'MADE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'OPENS UNTIL', cell: ({ expiresAt }) => (expiresAt === null ? 'it is replaced' : utc(expiresAt)) },
];
