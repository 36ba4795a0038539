import { Command } from 'commander';
import { runHyperliquidSandbox } from '#sandbox/hyperliquid/run.ts';
import type { HyperliquidRunOptions } from '#sandbox/hyperliquid/run.ts';
import type { HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { parseFault } from './fault-spec.ts';
import { BAD_INPUT, collect, readFault, readFunds, readList, readNumber } from './options.ts';
import type { Options } from './options.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `signalman sandbox hyperliquid`: the venue's endpoints on a port of this machine, until interrupted. */
export const hyperliquidCommand = (): Command =>
  new Command('hyperliquid')
    .description('run a local stand-in for Hyperliquid until interrupted')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--network <network>', 'testnet or mainnet: whose signatures are valid', 'testnet')
    .option('--prices <file>', 'CSV of candles or ticks to replay')
    .option('--coin <coin>', 'coin that the price file is for', 'BTC')
    .option('--speed <n>', 'how many times faster than recorded', '1')
    .option('--seed <n>', 'generate prices from this seed')
    .option('--fund <address=usdc>', 'deposit USDC; may be given again', collect, [])
    .option('--fault <spec>', 'arm a fault, such as loseAnswer:order; may be given again', collect, [])
    .option('--state <file>', 'keep accounts, orders and fills in this file across restarts')
    .option('--paused', 'hold prices at their first until the control command resumePrices')
    .option('--limits', "enforce the venue's limits of requests and connections")
    .option('--prune-empty', 'deregister the agents of accounts that hold nothing any longer')
    .option('--json', 'print one line of JSON when ready')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    })
    .action(run);

async function run(options: Options): Promise<void> {
  try {
    const settings = readOptions(options);
    const faults = readList(options, 'fault').map((spec) => readFault(spec, parseFault));
    const sandbox = await runHyperliquidSandbox(settings);
    for (const fault of faults) sandbox.control({ type: 'fault', fault });
    const text = options['json'] === true ? asJson(sandbox) : asText(sandbox, settings, faults.length);
    process.stdout.write(`${text}\n`);
    reportPriceErrors(sandbox);
    await untilInterrupted();
    await sandbox.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = BAD_INPUT;
  }
}

function asJson({ url, wsUrl, network }: HyperliquidSandbox): string {
  return JSON.stringify({ url, wsUrl, network, pid: process.pid });
}

function asText(sandbox: HyperliquidSandbox, settings: HyperliquidRunOptions, faults: number): string {
  const { url, wsUrl, network } = sandbox;
  return [
    `Hyperliquid sandbox (${network}) at ${url}`,
    `  WebSocket ${wsUrl}, control ${url}/control`,
    `  ${pricesOf(settings)}`,
    ...accountsOf(sandbox, settings),
    ...(faults > 0 ? [`  faults armed: ${faults}`] : []),
  ].join('\n');
}

/** Returns the source of the prices. */
function pricesOf({ prices, coin, seed }: HyperliquidRunOptions): string {
  const generated = `generated from seed ${seed}`;
  if (prices === undefined)
    return seed === undefined ? 'prices stand until the control command setPrice' : `prices ${generated}`;
  const others = seed === undefined ? 'stand until the control command setPrice' : generated;
  return `prices of ${coin} from ${prices}, the others ${others}`;
}

function accountsOf(sandbox: HyperliquidSandbox, { fund = {} }: HyperliquidRunOptions): string[] {
  const asked = new Set(Object.keys(fund).map((address) => address.toLowerCase()));
  return sandbox
    .state()
    .accounts.filter(({ address }) => asked.has(address))
    .map(({ address, accountValue }) => `  account ${address} with ${accountValue} USDC`);
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
    fund: Object.fromEntries(readFunds(options)),
    enforceLimits: options['limits'] === true,
    pruneEmpty: options['pruneEmpty'] === true,
    startPaused: options['paused'] === true,
    ...(typeof prices === 'string' && { prices }),
    ...(seed !== undefined && { seed: readNumber(options, 'seed', 0) }),
    ...(typeof state === 'string' && { state }),
  };
}
