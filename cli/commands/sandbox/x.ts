import { Command } from 'commander';
import { startXSandbox } from '#sandbox/x/server.ts';
import { BAD_INPUT, readNumber, type Options } from './options.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `signalman sandbox x`: timelines and the activity stream on a port of this machine, until interrupted. */
export const xCommand = (): Command =>
  new Command('x')
    .description('run a local stand-in for the API of X until interrupted')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--account <name>', 'name of an account that is there from the start', 'example')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    })
    .action(run);

const ACCOUNT_ID = '2244994945';

async function run(options: Options): Promise<void> {
  const x = await startXSandbox({ port: readNumber(options, 'port', 0, 65_535) });
  x.control({ type: 'account', id: ACCOUNT_ID, username: String(options['account']) });
  const lines = [
    `stand-in for X at ${x.url}`,
    `  X_API_BASE_URL=${x.url} X_BEARER_TOKEN=${x.token}`,
    `  post: curl ${x.url}/control -d '{"type":"post","author":"${ACCOUNT_ID}","text":"Long BTC, stop 2%"}'`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  await untilInterrupted();
  await x.close();
}
