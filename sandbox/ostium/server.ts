import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HDNodeWallet } from 'ethers';
import { keepState, restoreState } from './chain/state-copy.ts';
import { startAnvil } from './chain/anvil.ts';
import type { Anvil } from './chain/anvil.ts';
import { Chain } from './chain/chain.ts';
import { compileContracts } from './chain/compile.ts';
import { ADDRESSES, CHAIN_ID, interfacesOf } from './chain/contracts.ts';
import type { Interfaces } from './chain/contracts.ts';
import { Control } from './control/control.ts';
import { deployContracts } from './chain/deploy.ts';
import type { Staff } from './chain/deploy.ts';
import { RpcFaultPlan } from './control/faults.ts';
import { checkFeed, startFeed } from './market/feed.ts';
import type { FeedOptions } from './market/feed.ts';
import { openHttpDoor } from './http/http-door.ts';
import type { Routes } from './http/http-door.ts';
import { Subgraph } from './graph/subgraph.ts';
import { Keeper } from './keeper/keeper.ts';
import { Ledger } from './ledger/ledger.ts';
import type { HoursMode } from './market/market-hours.ts';
import { PriceBoard } from './market/price-board.ts';
import { PriceFile } from './market/price-file.ts';
import { PriceService } from './market/price-service.ts';
import { RpcProxy } from './http/rpc-proxy.ts';
import { followHeads } from './chain/rpc.ts';

export interface OstiumSandboxOptions extends FeedOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Folder that keeps the chain and the prices across restarts. */
  readonly stateDir?: string;
  readonly keeper?: {
    /** Milliseconds between a request for a price and its answer; default 50. */
    readonly delayMs?: number;
  };
  /** Milliseconds between empty blocks; default 1000, 0 for none. */
  readonly blockTimeMs?: number;
  /** Whether markets follow the venue's hours. By default they are always open. */
  readonly hours?: HoursMode;
  /** Receives errors inside the sandbox. By default they go to standard error. */
  readonly onError?: (error: unknown) => void;
}

export interface Trader {
  readonly address: string;
  readonly privateKey: string;
}

export interface OstiumSandbox {
  readonly rpcUrl: string;
  readonly graphUrl: string;
  /** Base address: `<priceUrl>/PricePublish/latest-prices`. */
  readonly priceUrl: string;
  /** Takes {@link ControlCommand} by POST. */
  readonly controlUrl: string;
  readonly chainId: number;
  readonly contracts: {
    readonly usdc: string;
    readonly trading: string;
    readonly tradingStorage: string;
    readonly callbacks: string;
    readonly registry: string;
  };
  /** Accounts with 100,000 USDC and 1,000 ETH each. */
  readonly traders: readonly Trader[];
  readonly control: Control;
  /** Process id of the shell that runs the chain. */
  readonly chainPid: number;
  /** Resolves when the chain has ended for any reason. */
  readonly chainEnded: Promise<void>;
  stop(): Promise<void>;
}

/** The mnemonic that every development node publishes. Its keys hold nothing of value. */
const MNEMONIC = 'test test test test test test test test test test test junk';
const TRADERS = 6;
const STAFF = 2;
const DEFAULT_KEEPER_DELAY_MS = 50;
const DEFAULT_BLOCK_TIME_MS = 1_000;

/**
 * Starts a local Ostium: contracts on a local chain, price service, keeper and subgraph, all behind one address.
 * Resolves when it listens. The first start after a change of the contracts compiles them, which takes about 10 s.
 * Rejects with AnvilError, CompileError, ChainError, PriceFileError or CommandError. The caller stops it.
 */
export async function startOstiumSandbox(options: OstiumSandboxOptions = {}): Promise<OstiumSandbox> {
  await checkFeed(options);
  const compiled = await compileContracts();
  const interfaces = interfacesOf(compiled);
  const stateFile = await prepareStateFile(options.stateDir);
  const anvil = await startAnvil({ chainId: CHAIN_ID, ...(stateFile !== undefined && { stateFile }) });
  const closing: Closing = [() => anvil.stop()];
  if (stateFile !== undefined) {
    const copy = keepState(stateFile);
    closing.push(() => copy.stop());
  }
  try {
    const wallets = walletsOf();
    const staff = { gov: wallets[0]!.address, keeper: wallets[1]!.address };
    const chain = new Chain(anvil.rpc, interfaces, staff, options.blockTimeMs ?? DEFAULT_BLOCK_TIME_MS);
    const traders = wallets.slice(STAFF);
    const addresses = traders.map(({ address }) => address);
    if (await isFresh(anvil)) await deployContracts(anvil.rpc, compiled, interfaces, staff, addresses);
    return await serveVenue({ options, anvil, interfaces, chain, staff, traders, closing });
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

interface Venue {
  readonly options: OstiumSandboxOptions;
  readonly anvil: Anvil;
  readonly interfaces: Interfaces;
  readonly chain: Chain;
  readonly staff: Staff;
  readonly traders: readonly Trader[];
  /** Functions that stop the parts. They run in reverse order. */
  readonly closing: Closing;
}

type Closing = (() => void | Promise<void>)[];

async function serveVenue(venue: Venue): Promise<OstiumSandbox> {
  const { options, anvil, traders, chain, closing } = venue;
  const routes = await startMachinery(venue);
  const door = await openHttpDoor(routes, options.port ?? 0, options.host ?? '127.0.0.1');
  closing.push(() => door.close());
  chain.startTicking();
  closing.push(() => chain.stop());
  const { usdc, trading, tradingStorage, callbacks, registry } = ADDRESSES;
  return {
    rpcUrl: `${door.base}/rpc`,
    graphUrl: `${door.base}/graph`,
    priceUrl: door.base,
    controlUrl: `${door.base}/control`,
    chainId: CHAIN_ID,
    contracts: { usdc, trading, tradingStorage, callbacks, registry },
    traders: traders.map(({ address, privateKey }) => ({ address, privateKey })),
    control: routes.control,
    chainPid: anvil.pid,
    chainEnded: anvil.exited,
    stop: () => closeAll(closing),
  };
}

/** Starts prices, ledger and keeper, and returns the services behind the HTTP address. */
async function startMachinery({ options, anvil, interfaces, chain, staff, closing }: Venue): Promise<Routes> {
  const { onError = report, keeper: { delayMs: keeperDelayMs = DEFAULT_KEEPER_DELAY_MS } = {} } = options;
  const { rpc } = anvil;
  const board = new PriceBoard(options.hours ?? 'always');
  const prices = new PriceService(board);
  const priceFile = await PriceFile.open(board, options.stateDir);
  closing.push(() => priceFile.close());
  const ledger = new Ledger(rpc, interfaces);
  const keeper = new Keeper({
    rpc,
    interfaces,
    ledger,
    board,
    address: staff.keeper,
    options: { delayMs: keeperDelayMs },
    onError,
  });
  const catchUp = async (): Promise<void> => {
    await ledger.sync();
    keeper.work();
  };
  let isStopped = false;
  const onHead = (): void => {
    catchUp().catch((error: unknown) => {
      if (!isStopped) onError(error);
    });
  };
  const unfollow = await followHeads(anvil.wsUrl, onHead);
  closing.push(() => {
    isStopped = true;
    unfollow();
    keeper.stop();
  });
  board.onChange((pair) => keeper.work(pair));
  onHead();
  const feed = startFeed(board, options, onError);
  closing.push(() => feed.stop());
  const graph = new Subgraph(ledger);
  const rpcFaults = new RpcFaultPlan();
  const control = new Control({
    board,
    prices,
    graph,
    chain,
    keeper,
    rpcFaults,
    interfaces,
    keeperDelayMs,
    feed,
    onError,
  });
  closing.push(() => control.stop());
  return { proxy: new RpcProxy(anvil.url, rpcFaults), prices, graph, control, catchUp };
}

function report(error: unknown): void {
  process.stderr.write(`ostium sandbox: ${String(error)}\n`);
}

async function closeAll(closing: Closing): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

function walletsOf(): HDNodeWallet[] {
  const root = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
  return Array.from({ length: STAFF + TRADERS }, (_, index) => root.deriveChild(index));
}

/** Returns where the node keeps its chain, in a form that it can read; undefined for a chain that is not kept. */
async function prepareStateFile(stateDir: string | undefined): Promise<string | undefined> {
  if (stateDir === undefined) return undefined;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, 'chain.json');
  if (await restoreState(file)) {
    process.stderr.write(
      `ostium sandbox: ${file} was cut off, the chain goes on from its last whole state\n`,
    );
  }
  return file;
}

async function isFresh({ rpc }: Anvil): Promise<boolean> {
  return (await rpc.call('eth_getCode', ADDRESSES.registry, 'latest')) === '0x';
}
