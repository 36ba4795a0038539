import { Command } from 'commander';
import type { Channel, ChannelTest } from '#api/schemas/channel.ts';
import { duration, orDash, renderTable, type Column } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { openContext } from '../context.ts';
import { describeChannel, stateText, whenText } from '../render/channel.ts';
import { addCommand } from './notify/add.ts';
import { readSettings, withSettings, type SettingOptions } from './notify/settings.ts';

/** `signalman notify`: where you are told of what happens; list, add, show, change, test, pause, resume, remove. */
export const notifyCommand = (): Command =>
  new Command('notify')
    .description('list where you are told of what happens, or add, test, change and remove such channels')
    .enablePositionalOptions()
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(
      new Command('list').description('list your channels').option('--json', 'print JSON').action(list),
    )
    .addCommand(addCommand())
    .addCommand(showCommand())
    .addCommand(setCommand())
    .addCommand(testCommand())
    .addCommand(stateCommand('pause', 'tell it nothing until it is resumed', 'is paused'))
    .addCommand(
      stateCommand('resume', 'tell it again, also where a refusal had switched it off', 'is told again'),
    )
    .addCommand(removeCommand());

async function list({ json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const { items } = await api.get<{ items: Channel[] }>('/notification-channels');
  if (json) return out.json({ channels: items });
  if (items.length === 0)
    return out.line('no channels yet; add one with: signalman notify add <kind> <name>');
  for (const line of renderTable(COLUMNS, items, out.colors)) out.line(line);
}

const COLUMNS: Column<Channel>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'WHERE', cell: ({ label }) => label },
  { title: 'STATE', cell: (channel) => stateText(channel) },
  { title: 'WHEN', cell: (channel) => whenText(channel) },
  { title: 'LAST TOLD', cell: ({ lastSentAt }) => agoText(lastSentAt) },
  { title: 'LAST ERROR', cell: ({ lastError }) => orDash(lastError) },
];

const agoText = (at: number | null): string =>
  at === null ? '-' : `${duration(Math.max(0, Date.now() - at))} ago`;

const showCommand = (): Command =>
  named('show', 'show one channel: what it is told, and how that goes').action(
    async (name: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const found = await api.get<Channel>(pathOf(name));
      if (json) return out.json(found);
      for (const line of describeChannel(found, out.colors)) out.line(line);
    },
  );

const setCommand = (): Command =>
  withSettings(named('set', 'change what it is told, and when')).action(
    async (name: string, options: SettingOptions & { json?: boolean }) => {
      const { api, out } = openContext();
      const changed = await api.patch<Channel>(pathOf(name), readSettings(options));
      if (options.json) return out.json(changed);
      for (const line of describeChannel(changed, out.colors)) out.line(line);
    },
  );

const testCommand = (): Command =>
  named('test', 'send it a test now').action(async (name: string, { json }: { json?: boolean }) => {
    const { api, out } = openContext();
    const test = await api.post<ChannelTest>(`${pathOf(name)}/test`);
    if (json) out.json(test);
    if (!test.ok) throw new CliError(`${test.error ?? 'it was not told'} (${test.code ?? 'channel_down'})`);
    if (!json) out.line(`channel ${name} took it in ${duration(test.tookMs)}`);
  });

const stateCommand = (action: 'pause' | 'resume', description: string, result: string): Command =>
  named(action, description).action(async (name: string, { json }: { json?: boolean }) => {
    const { api, out } = openContext();
    const changed = await api.post<Channel>(`${pathOf(name)}/${action}`);
    if (json) return out.json(changed);
    out.line(`channel ${changed.name} (${changed.kind} ${changed.label}) ${result}`);
  });

const removeCommand = (): Command =>
  named('remove', 'remove a channel, with what it was told').action(
    async (name: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const removed = await api.delete<Channel>(pathOf(name));
      if (json) return out.json(removed);
      out.line(`channel ${removed.name} (${removed.kind} ${removed.label}) is removed`);
    },
  );

const named = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('<name>', 'as listed by `signalman notify`')
    .option('--json', 'print JSON');

const pathOf = (name: string): string => `/notification-channels/${encodeURIComponent(name)}`;
