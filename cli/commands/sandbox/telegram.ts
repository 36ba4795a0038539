import { Command } from 'commander';
import { startTelegramSandbox } from '#sandbox/telegram/server.ts';
import { BAD_INPUT, readNumber, type Options } from './options.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `signalman sandbox telegram`: the Bot API with one bot on a port of this machine, until interrupted. */
export const telegramCommand = (): Command =>
  new Command('telegram')
    .description('run a local stand-in for the Bot API of Telegram until interrupted')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--channel <name>', 'name of a channel that the bot is in', 'calls')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    })
    .action(run);

const CHANNEL_ID = -1_001_234_567_890;

async function run(options: Options): Promise<void> {
  const name = String(options['channel']);
  const telegram = await startTelegramSandbox({
    port: readNumber(options, 'port', 0, 65_535),
    channels: [{ id: CHANNEL_ID, title: name, username: name }],
  });
  const { url, token } = telegram;
  const lines = [
    `stand-in for Telegram at ${url}`,
    `  TELEGRAM_API_BASE_URL=${url} TELEGRAM_BOT_TOKEN=${token}`,
    `  post: curl ${url}/control -d '{"type":"post","chat":${CHANNEL_ID},"text":"Long BTC, stop 2%"}'`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  await untilInterrupted();
  await telegram.close();
}
