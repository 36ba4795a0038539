import { Command } from 'commander';
import { SOURCE_KINDS } from '#domain/statuses.ts';
import type { MessageStored, Source, SourceTest } from '#api/schemas/source.ts';
import { counted, duration, renderTable, shortId, utc, type Column } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { describeSource } from '../render/source.ts';
import { readSecret } from '../read-secret.ts';
import { readSourceOptions } from '../source-options.ts';
import { judgeCommand } from './sources/judge.ts';

interface ListOptions {
  limit: number;
  kind?: string;
  failing?: boolean;
  archived?: boolean;
  json?: boolean;
}

/** `signalman sources`: where messages come from; list, add, show, change, test, pause, resume, remove, post by hand. */
export const sourcesCommand = (): Command =>
  new Command('sources')
    .description('list where messages come from, newest first, or add, test, change and remove sources')
    .enablePositionalOptions()
    .option('--kind <kind>', `only ${SOURCE_KINDS.join(', ')}`)
    .option('--failing', 'only those whose last poll failed or that were stopped')
    .option('--archived', 'only those that were removed')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(addCommand())
    .addCommand(showCommand())
    .addCommand(setCommand())
    .addCommand(testCommand())
    .addCommand(postCommand())
    .addCommand(statusCommand('pause', 'read it no more until it is resumed', 'is paused'))
    .addCommand(
      statusCommand('resume', 'read it again at once, also where a refusal had stopped it', 'is read again'),
    )
    .addCommand(removeCommand())
    .addCommand(judgeCommand());

async function list({ limit, kind, failing, archived, json }: ListOptions): Promise<void> {
  const { api, out } = openContext();
  const query = {
    kind,
    ...(failing && { failing: 'true' }),
    ...(archived && { status: 'archived' }),
  };
  const sources = await api.list<Source>('/sources', limit, query);
  if (json) return out.json({ sources });
  if (sources.length === 0) return out.line(failing ? 'no source fails' : NONE);
  for (const line of renderTable(COLUMNS, sources, out.colors)) out.line(line);
}

const NONE = 'no sources yet; add one with: signalman sources add <kind> <handle>';

interface AddOptions {
  option: string[];
  secret?: boolean;
  every?: number;
  monthlyReads?: number;
  test?: boolean;
  json?: boolean;
}

const withSettings = (command: Command): Command =>
  command
    .option('--option <name=value>', 'an option of the kind; may be given again', collect, [])
    .option('--secret', 'read its token or signing secret from standard input or SIGNALMAN_SOURCE_SECRET')
    .option('--every <seconds>', 'time between two polls', wholeNumber(1, 86_400))
    .option('--monthly-reads <n>', 'reads it may cost in a calendar month', wholeNumber(1, 1_000_000_000))
    .option('--json', 'print JSON');

const collect = (text: string, all: string[]): string[] => [...all, text];

const addCommand = (): Command =>
  withSettings(
    new Command('add')
      .description('add a source')
      .argument('<kind>', SOURCE_KINDS.join(', '))
      .argument('<handle>', 'the path of a file, the URL of a feed, the name of an account'),
  ).action(async (kind: string, handle: string, options: AddOptions) => {
    const { api, out } = openContext();
    const added = await api.post<Source>('/sources', { kind, handle, ...(await settingsOf(options)) });
    if (options.json) return out.json(added);
    out.line(`source ${shortId(added.id)} added: ${added.kind} ${added.handle}`);
    out.line(`have an agent listen with: signalman agents create <name> --source ${shortId(added.id)}:80`);
  });

async function settingsOf({ option, secret, every, monthlyReads }: AddOptions): Promise<object> {
  return {
    ...(option.length > 0 && { options: readSourceOptions(option) }),
    ...(secret && { secret: await readSecret(process.stdin, process.env) }),
    ...(every !== undefined && { periodMs: every * 1000 }),
    ...(monthlyReads !== undefined && { monthlyReads }),
  };
}

const setCommand = (): Command =>
  withSettings(
    new Command('set')
      .description('change options, secret, period or budget; options given replace all of them')
      .argument('<id>', 'as listed by `signalman sources`'),
  ).action(async (id: string, options: AddOptions) => {
    const { api, out } = openContext();
    const changed = await api.patch<Source>(pathOf(id), await settingsOf(options));
    if (options.json) return out.json(changed);
    for (const line of describeSource(changed, out.colors, Date.now())) out.line(line);
  });

const showCommand = (): Command =>
  new Command('show')
    .description('show one source: how its polls go, what it brings and costs')
    .argument('<id>', 'as listed by `signalman sources`')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const found = await api.get<Source>(pathOf(id));
      if (json) return out.json(found);
      for (const line of describeSource(found, out.colors, Date.now())) out.line(line);
    });

const testCommand = (): Command =>
  new Command('test')
    .description('poll it once, show its newest messages, and store nothing')
    .argument('<id>', 'as listed by `signalman sources`')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const test = await api.post<SourceTest>(`${pathOf(id)}/test`);
      if (json) out.json(test);
      if (!test.ok)
        throw new CliError(`${test.error ?? 'it cannot be read'} (${test.code ?? 'source_down'})`);
      if (json) return;
      out.line(`it answers in ${duration(test.tookMs)}: ${counted(test.messages.length, 'message')} shown`);
      for (const { postedAt, author, text } of test.messages)
        out.line(`${utc(postedAt)}  ${author}: ${text.replaceAll(/\s+/gu, ' ').trim().slice(0, 100)}`);
      for (const problem of test.malformed) out.line(`cannot be read: ${problem}`);
    });

const postCommand = (): Command =>
  new Command('post')
    .description('post a message by hand to a manual source; it is judged like any other')
    .argument('<id>', 'as listed by `signalman sources`')
    .argument('<text>', 'what it says')
    .option('--author <name>', 'who says it')
    .option('--message-id <id>', 'tells it from others: the same one again is the same message')
    .option('--json', 'print JSON')
    .action(postByHand);

async function postByHand(
  id: string,
  text: string,
  { author, messageId, json }: { author?: string; messageId?: string; json?: boolean },
): Promise<void> {
  const { api, out } = openContext();
  const stored = await api.post<MessageStored>(`${pathOf(id)}/messages`, {
    text,
    ...(author !== undefined && { author }),
    ...(messageId !== undefined && { id: messageId }),
  });
  if (json) return out.json(stored);
  out.line(
    stored.isNew
      ? `message ${stored.externalId} is stored`
      : `message ${stored.externalId} was there already`,
  );
}

const statusCommand = (action: 'pause' | 'resume', description: string, result: string): Command =>
  new Command(action)
    .description(description)
    .argument('<id>', 'as listed by `signalman sources`')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const changed = await api.post<Source>(`${pathOf(id)}/${action}`);
      if (json) return out.json(changed);
      out.line(`source ${shortId(changed.id)} (${changed.handle}) ${result}`);
    });

const removeCommand = (): Command =>
  new Command('remove')
    .description('read it no more and list it no more; its messages are kept')
    .argument('<id>', 'as listed by `signalman sources`')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const removed = await api.delete<Source>(pathOf(id));
      if (json) return out.json(removed);
      out.line(`source ${shortId(removed.id)} (${removed.handle}) is removed; its messages are kept`);
    });

const pathOf = (id: string): string => `/sources/${encodeURIComponent(id)}`;

const COLUMNS: Column<Source>[] = [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'HANDLE', cell: ({ handle }) => shortened(handle) },
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'NEXT POLL', cell: ({ nextPollAt }) => untilText(nextPollAt) },
  { title: 'MSG/DAY', cell: ({ messagesPerDay }) => messagesPerDay.toFixed(1), align: 'right' },
  { title: 'TODAY', cell: ({ today }) => String(today.messages), align: 'right' },
  { title: 'USD/DAY', cell: ({ costPerDayUsd }) => Number(costPerDayUsd).toFixed(2), align: 'right' },
  { title: 'AGENTS', cell: ({ agentCount }) => String(agentCount), align: 'right' },
  { title: 'LAST ERROR', cell: ({ lastError }) => (lastError === null ? '-' : shortened(lastError)) },
];

const MAX_CELL = 60;
const shortened = (text: string): string =>
  text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL - 1).toWellFormed()}…`;

function untilText(at: number | null): string {
  if (at === null) return '-';
  const ms = at - Date.now();
  return ms <= 0 ? 'now' : `in ${duration(ms)}`;
}
