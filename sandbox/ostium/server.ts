import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { HDNodeWallet } from 'ethers';
import { startAnvil } from './anvil.ts';
import type { Anvil } from './anvil.ts';
import { Chain } from './chain.ts';
import { compileContracts } from './compile.ts';
import { ADDRESSES, CHAIN_ID, interfacesOf } from './contracts.ts';
import type { Interfaces } from './contracts.ts';
import { Control } from './control.ts';
import type { ControlCommand } from './control.ts';
import { deployContracts } from './deploy.ts';
import type { Staff } from './deploy.ts';
import { RpcFaultPlan } from './faults.ts';
import { startFeed } from './feed.ts';
import type { FeedOptions } from './feed.ts';
import { executeGraph } from './graph/execute.ts';
import { Keeper } from './keeper.ts';
import { Ledger } from './ledger/ledger.ts';
import type { HoursMode } from './market-hours.ts';
import { PriceBoard } from './price-board.ts';
import { PriceFile } from './price-file.ts';
import { PriceService } from './price-service.ts';
import { RpcProxy } from './rpc-proxy.ts';
import { followHeads } from './rpc.ts';

export interface OstiumSandboxOptions extends FeedOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Keeps the chain across restarts. */
  readonly stateDir?: string;
  readonly keeper?: {
    /** Between a request for a price and its answer; default 50. */
    readonly delayMs?: number;
  };
  /** Pace of blocks without transactions, default 1000; 0 makes none. */
  readonly blockTimeMs?: number;
  /** Whether markets keep the venue's hours (default: they are always open). */
  readonly hours?: HoursMode;
  /** Told of what goes wrong inside the sandbox; default standard error. */
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
  /** Process id of the chain's guard. */
  readonly chainPid: number;
  /** Settles when the chain has ended, wanted or not. */
  readonly chainEnded: Promise<void>;
  stop(): Promise<void>;
}

/** Published with every such node: worthless by design. */
const MNEMONIC = 'test test test test test test test test test test test junk';
const TRADERS = 6;
const STAFF = 2;
const DEFAULT_KEEPER_DELAY_MS = 50;
const DEFAULT_BLOCK_TIME_MS = 1_000;
const MAX_BODY_BYTES = 4_000_000;

/**
 * Starts a stand-in for Ostium: its contracts on a local chain, price service, keeper and subgraph, all behind one
 * address. Resolves when it serves. The first start after a change of the contracts compiles them (about 10 s).
 */
export async function startOstiumSandbox(options: OstiumSandboxOptions = {}): Promise<OstiumSandbox> {
  const compiled = await compileContracts();
  const interfaces = interfacesOf(compiled);
  const anvil = await startAnvil({ chainId: CHAIN_ID, ...(await stateFileOf(options.stateDir)) });
  try {
    const wallets = walletsOf();
    const staff = { gov: wallets[0]!.address, keeper: wallets[1]!.address };
    const chain = new Chain(anvil.rpc, interfaces, staff, options.blockTimeMs ?? DEFAULT_BLOCK_TIME_MS);
    const traders = wallets.slice(STAFF);
    const addresses = traders.map(({ address }) => address);
    if (await isFresh(anvil)) await deployContracts(anvil.rpc, compiled, interfaces, staff, addresses);
    return await serveVenue({ options, anvil, interfaces, chain, staff, traders });
  } catch (error) {
    await anvil.stop();
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
}

async function serveVenue(venue: Venue): Promise<OstiumSandbox> {
  const { options, anvil, interfaces, chain, staff, traders } = venue;
  const onError =
    options.onError ?? ((error: unknown) => void process.stderr.write(`ostium sandbox: ${String(error)}\n`));
  const board = new PriceBoard(options.hours ?? 'always');
  const prices = new PriceService(board);
  const priceFile = await PriceFile.open(board, options.stateDir);
  const ledger = new Ledger(anvil.rpc, interfaces);
  const keeperDelayMs = options.keeper?.delayMs ?? DEFAULT_KEEPER_DELAY_MS;
  const keeper = new Keeper({
    rpc: anvil.rpc,
    interfaces,
    ledger,
    board,
    address: staff.keeper,
    options: { delayMs: keeperDelayMs },
    onError,
  });
  const rpcFaults = new RpcFaultPlan();
  let isStopped = false;
  /** Reads the chain and has the keeper act on it; whoever asks for the books finds both done. */
  const catchUp = async (): Promise<void> => {
    await ledger.sync();
    keeper.work();
  };
  const onHead = (): void => {
    catchUp().catch((error: unknown) => {
      if (!isStopped) onError(error);
    });
  };
  const unfollow = await followHeads(anvil.wsUrl, onHead);
  board.onChange((pair) => keeper.work(pair));
  const feed = await startFeed(board, options, onError);
  const control = new Control({ board, prices, chain, keeper, rpcFaults, interfaces, keeperDelayMs, feed });
  const proxy = new RpcProxy(anvil.url, rpcFaults);
  const server = createServer(
    (request, response) => void route(request, response, { proxy, prices, ledger, control, catchUp }),
  );
  const base = await listen(server, options);
  chain.startTicking();
  onHead();
  const { usdc, trading, tradingStorage, callbacks, registry } = ADDRESSES;
  return {
    rpcUrl: `${base}/rpc`,
    graphUrl: `${base}/graph`,
    priceUrl: base,
    controlUrl: `${base}/control`,
    chainId: CHAIN_ID,
    contracts: { usdc, trading, tradingStorage, callbacks, registry },
    traders: traders.map(({ address, privateKey }) => ({ address, privateKey })),
    control,
    chainPid: anvil.pid,
    chainEnded: anvil.exited,
    stop: async () => {
      isStopped = true;
      feed.stop();
      chain.stop();
      control.stop();
      keeper.stop();
      unfollow();
      await priceFile.close();
      await closeServer(server);
      await anvil.stop();
    },
  };
}

function walletsOf(): HDNodeWallet[] {
  const root = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
  return Array.from({ length: STAFF + TRADERS }, (_, index) => root.deriveChild(index));
}

async function stateFileOf(stateDir: string | undefined): Promise<{ stateFile?: string }> {
  if (stateDir === undefined) return {};
  await mkdir(stateDir, { recursive: true });
  return { stateFile: join(stateDir, 'chain.json') };
}

async function isFresh({ rpc }: Anvil): Promise<boolean> {
  return (await rpc.call('eth_getCode', ADDRESSES.registry, 'latest')) === '0x';
}

interface Routes {
  readonly proxy: RpcProxy;
  readonly prices: PriceService;
  readonly ledger: Ledger;
  readonly control: Control;
  readonly catchUp: () => Promise<void>;
}

async function route(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const { proxy, prices, ledger, control, catchUp } = routes;
  try {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    if (request.method === 'GET') {
      const answer = prices.answer(url) ?? { status: 404, body: { message: 'Not Found' } };
      return control.isPriceServiceDown
        ? respond(response, 503, DOWN)
        : respond(response, answer.status, answer.body);
    }
    const body = await readJson(request);
    switch (url.pathname) {
      case '/rpc':
      case '/': {
        const answer = await proxy.handle(body);
        if (answer.kind === 'cut') return void response.destroy();
        return respondText(response, answer.status, answer.text);
      }
      case '/graph':
        if (control.isGraphDown) return respond(response, 503, DOWN);
        await catchUp();
        return respond(response, 200, executeGraph(ledger.books, ledger.blockNumber, body));
      case '/control':
        return await runControl(response, control, body);
      default:
        return respond(response, 404, { message: 'Not Found' });
    }
  } catch (error) {
    respond(response, error instanceof SyntaxError ? 400 : 502, { message: String(error) });
  }
}

const DOWN = { message: 'Service Unavailable' };

async function runControl(response: ServerResponse, control: Control, body: unknown): Promise<void> {
  try {
    // Local tooling only: a wrong field fails where it is used.
    respond(response, 200, await control.perform(body as ControlCommand)); // oxlint-disable-line typescript/no-unsafe-type-assertion
  } catch (error) {
    respond(response, 400, { message: String(error) });
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new SyntaxError('request body too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  respondText(response, status, JSON.stringify(body));
}

function respondText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function listen(server: Server, { port = 0, host = '127.0.0.1' }: OstiumSandboxOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(`http://${host}:${typeof address === 'object' && address !== null ? address.port : port}`);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
