import { Argument, Command } from 'commander';
import type { ChannelMade } from '#api/schemas/channel.ts';
import { CHANNEL_KINDS, type ChannelKind } from '#domain/statuses.ts';
import { utc, type Output } from '#terminal/output.ts';
import { CliError } from '../../cli-error.ts';
import { openContext } from '../../context.ts';
import { readSecret } from '../../read-secret.ts';
import { readSettings, withSettings, type SettingOptions } from './settings.ts';

type Options = SettingOptions & { to?: string; json?: boolean };

/** `signalman notify add <kind> <name>`: adds a channel. */
export const addCommand = (): Command =>
  withSettings(
    new Command('add')
      .description('add a channel; the address of Discord, Slack and a webhook is read from standard input')
      .addArgument(new Argument('<kind>', 'how you are told').choices(CHANNEL_KINDS))
      .argument('<name>', 'what you call it')
      .option('--to <address>', 'the address of e-mail')
      .option('--json', 'print JSON'),
  ).action(async (kind: ChannelKind, name: string, options: Options) => {
    const { api, out } = openContext();
    const target = await readTarget(kind, options);
    const made = await api.post<ChannelMade>('/notification-channels', {
      kind,
      name,
      target,
      ...readSettings(options),
    });
    if (options.json) return out.json(made);
    describeMade(made, out);
  });

async function readTarget(kind: ChannelKind, { to }: Options): Promise<object> {
  if (kind === 'telegram') return {};
  if (kind !== 'email')
    return {
      url: await readSecret(process.stdin, process.env, {
        variable: 'SIGNALMAN_CHANNEL_URL',
        prompt: 'address',
      }),
    };
  if (to === undefined) throw new CliError('e-mail needs --to ADDRESS', 2);
  return { address: to };
}

function describeMade({ kind, name, label, secret, link }: ChannelMade, out: Output): void {
  if (link) {
    out.line(`channel ${name} waits for its chat: send this to the bot until ${utc(link.until)} UTC`);
    out.line(`  /start ${link.word}`);
    if (link.url !== null) out.line(`or open: ${link.url}`);
    return;
  }
  out.line(`channel ${name} added: ${kind} ${label}`);
  if (secret !== null) out.line(`it is signed with ${secret}, which is not shown again`);
  out.line(`try it with: signalman notify test ${name}`);
}
