import { Command } from 'commander';
import { ostiumCommand } from './sandbox/ostium.ts';
import { untilInterrupted } from './sandbox/until-interrupted.ts';
import { runHyperliquidSandbox } from '#sandbox/hyperliquid/run.ts';
import type { HyperliquidRunOptions } from '#sandbox/hyperliquid/run.ts';
import type { HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';

const BAD_INPUT = 2;

/** `signalman sandbox <venue>`: local stand-ins for venues, for any client that can be pointed at an address. */
export const sandboxCommand = (): Command =>
  new Command('sandbox')
    .description('run a local stand-in for a venue')
    .addCommand(hyperliquidCommand())
    .addCommand(ostiumCommand());

const hyperliquidCommand = (): Command =>
  new Command('hyperliquid')
    .description('run a local stand-in for Hyperliquid until interrupted')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--network <network>', 'testnet or mainnet: whose signatures are valid', 'testnet')
    .option('--prices <file>', 'CSV of candles or ticks to replay')
    .option('--coin <coin>', 'coin that the price file is for', 'BTC')
    .option('--speed <n>', 'how many times faster than recorded', '1')
    .option('--seed <n>', 'generate prices from this seed')
    .option('--fund <address=usdc>', 'deposit USDC; may be given again', collect, [])
    .option('--state <file>', 'keep accounts, orders and fills in this file across restarts')
    .option('--paused', 'hold prices at their first until the control command resumePrices')
    .option('--limits', "enforce the venue's request budgets")
    .option('--json', 'print one line of JSON when ready')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    })
    .action(run);

type Options = Record<string, string | boolean | string[]>;

async function run(options: Options): Promise<void> {
  try {
    const sandbox = await runHyperliquidSandbox(readOptions(options));
    announce(sandbox, options['json'] === true);
    reportPriceErrors(sandbox);
    await untilInterrupted();
    await sandbox.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = BAD_INPUT;
  }
}

function announce({ url, wsUrl, network }: HyperliquidSandbox, json: boolean): void {
  const line = json
    ? JSON.stringify({ url, wsUrl, network, pid: process.pid })
    : `Hyperliquid sandbox (${network}) at ${url}`;
  process.stdout.write(`${line}\n`);
}

function reportPriceErrors(sandbox: HyperliquidSandbox): void {
  sandbox.pricesEnded.catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
}

function readOptions(options: Options): HyperliquidRunOptions {
  const { network, coin, prices, seed, state } = options;
  if (network !== 'testnet' && network !== 'mainnet')
    throw new RangeError(`--network: must be testnet or mainnet, not ${String(network)}`);
  return {
    port: readNumber(options, 'port', 0, 65_535),
    network,
    coin: String(coin),
    speed: readNumber(options, 'speed', Number.MIN_VALUE),
    fund: Object.fromEntries(Array.isArray(options['fund']) ? options['fund'].map(readFunding) : []),
    enforceLimits: options['limits'] === true,
    startPaused: options['paused'] === true,
    ...(typeof prices === 'string' && { prices }),
    ...(seed !== undefined && { seed: readNumber(options, 'seed', 0) }),
    ...(typeof state === 'string' && { state }),
  };
}

function readNumber(options: Options, name: string, least: number, most = Number.MAX_VALUE): number {
  const value = Number(options[name]);
  if (!(value >= least && value <= most))
    throw new RangeError(`--${name}: not a valid number: ${String(options[name])}`);
  return value;
}

function readFunding(text: string): [string, string] {
  const [, address, usdc] = /^(0x[0-9a-fA-F]{40})=(\d+(?:\.\d{1,6})?)$/.exec(text) ?? [];
  if (address === undefined || usdc === undefined)
    throw new RangeError(`--fund: must be 0xADDRESS=USDC, not ${text}`);
  return [address, usdc];
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}
