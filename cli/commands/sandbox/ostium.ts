import { Command } from 'commander';
import type { OstiumSandbox, OstiumSandboxOptions } from '#sandbox/ostium/server.ts';
import { BAD_INPUT, collect, readFault, readFunds, readList, readNumber } from './options.ts';
import type { Options } from './options.ts';
import { parseOstiumFault } from './ostium-fault-spec.ts';
import { untilInterrupted } from './until-interrupted.ts';

const CHAIN_LOST = 1;

/** `signalman sandbox ostium`: a chain with Ostium's contracts, prices, keeper and subgraph, until interrupted. */
export const ostiumCommand = (): Command =>
  new Command('ostium')
    .description('run a local stand-in for Ostium, chain included, until interrupted')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--prices <file>', 'CSV of candles or ticks to replay')
    .option('--pair <pair>', 'pair that the price file is for', 'BTC-USD')
    .option('--speed <n>', 'how many times faster than recorded', '1')
    .option('--seed <n>', 'generate prices from this seed')
    .option('--fund <address=usdc>', 'mint USDC, and give 10 ETH for gas; may be given again', collect, [])
    .option('--fault <spec>', 'arm a fault, such as rpcBehind=5:node=1; may be given again', collect, [])
    .option('--state <folder>', 'keep the chain in this folder across restarts')
    .option('--hours', "keep the markets' hours instead of having them always open")
    .option('--block-time <ms>', 'pace of blocks without transactions; 0 makes none', '1000')
    .option('--keeper-delay <ms>', 'between a request for a price and its answer', '50')
    .option('--paused', 'hold prices at their first until the control command resumePrices')
    .option('--json', 'print one line of JSON when ready')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    })
    .action(run);

async function run(options: Options): Promise<void> {
  // Told to end while it starts, it ends as soon as it has started.
  const interrupted = untilInterrupted();
  try {
    const funds = readFunds(options);
    const faults = readList(options, 'fault').map((spec) => readFault(spec, parseOstiumFault));
    const settings = readOptions(options);
    const { startOstiumSandbox } = await import('#sandbox/ostium/server.ts');
    const sandbox = await startOstiumSandbox(settings);
    for (const [address, usdc] of funds) await sandbox.control.fund(address, usdc, 10);
    for (const fault of faults) await sandbox.control.fault(fault);
    announce(sandbox, options['json'] === true);
    const ended = await Promise.race([interrupted, sandbox.chainEnded.then(() => 'chain ended' as const)]);
    await sandbox.stop();
    if (ended !== 'chain ended') return;
    process.stderr.write('the chain ended by itself\n');
    process.exitCode = CHAIN_LOST;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = BAD_INPUT;
  }
}

function announce(sandbox: OstiumSandbox, json: boolean): void {
  const { rpcUrl, graphUrl, priceUrl, chainId, traders } = sandbox;
  const { usdc, trading, tradingStorage } = sandbox.contracts;
  const contracts = { usdc, trading, tradingStorage };
  const text = json
    ? JSON.stringify({ rpcUrl, graphUrl, priceUrl, chainId, contracts, traders })
    : [
        `Ostium sandbox (chain ${chainId}) at ${priceUrl}`,
        `  RPC ${rpcUrl}, subgraph ${graphUrl}, control ${sandbox.controlUrl}`,
        ...traders.map(({ address, privateKey }) => `  trader ${address} with key ${privateKey}`),
      ].join('\n');
  process.stdout.write(`${text}\n`);
}

function readOptions(options: Options): OstiumSandboxOptions {
  const { pair, prices, seed, state } = options;
  return {
    port: readNumber(options, 'port', 0, 65_535),
    pair: String(pair),
    speed: readNumber(options, 'speed', Number.MIN_VALUE),
    blockTimeMs: readNumber(options, 'blockTime', 0),
    keeper: { delayMs: readNumber(options, 'keeperDelay', 0) },
    hours: options['hours'] === true ? 'venue' : 'always',
    startPaused: options['paused'] === true,
    ...(typeof prices === 'string' && { prices }),
    ...(seed !== undefined && { seed: readNumber(options, 'seed', 0) }),
    ...(typeof state === 'string' && { stateDir: state }),
  };
}
