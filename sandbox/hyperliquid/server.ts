import { control } from './control/control.ts';
import type { ControlCommand } from './control/commands.ts';
import { stateOf } from './control/state.ts';
import type { ControlTargets, PriceProgress, SandboxState } from './control/state.ts';
import { OrderLog } from './actions/order-log.ts';
import type { LoggedRequest } from './actions/order-log.ts';
import { Exchange } from './exchange/exchange.ts';
import type { HistoryEvent } from './exchange/history.ts';
import { deposit } from './exchange/ledger.ts';
import { Gateway } from './http/gateway.ts';
import { closeServer, listen } from '../listen.ts';
import { createHttpServer } from './http/http-server.ts';
import { RateLimits, limitsOf } from './http/rate-limits.ts';
import type { LimitKind } from './http/rate-limits.ts';
import { attachSockets } from './http/sockets.ts';
import { BUILT_MARKETS } from './market/built-markets.ts';
import type { BookShape } from './market/synthetic-book.ts';
import { UNIVERSE } from './market/universe.ts';
import type { PerpSpec } from './market/universe.ts';
import { StateFile } from './persistence/state-file.ts';
import { startClock } from './clock.ts';
import { startFeed } from './price-feed.ts';
import { ConnectionLimits } from './streams/connection-limits.ts';
import { StreamHub } from './streams/hub.ts';
import { Amount } from './wire/amounts.ts';
import type { Network } from './wire/signing.ts';
import { ManualFeed } from '../feeds/feed.ts';
import type { FeedFactory } from '../feeds/feed.ts';

const IDLE_SOCKET_MS = 60_000;
/** Source: the documentation's page on price indices, after which mark prices appear about every 3 seconds. */
const REPEAT_PRICES_MS = 3_000;

export interface HyperliquidSandboxOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Network whose signatures are valid here; default testnet. */
  readonly network?: Network;
  /** Source of prices; by default only `setPrice` sets them. */
  readonly feed?: FeedFactory;
  /** Stop the feed after its first price until `resumePrices`. */
  readonly startPaused?: boolean;
  /** USDC to deposit per address. An address with an account in the state file gets nothing. */
  readonly fund?: Readonly<Record<string, string>>;
  /** File that keeps accounts, orders, fills and nonces across restarts, `kill -9` included. */
  readonly statePath?: string;
  /** Perpetuals to list instead of the default ones. Builders' markets are not listed then. */
  readonly universe?: readonly PerpSpec[];
  /** Changes to the default synthetic book, by coin. */
  readonly books?: Readonly<Record<string, Partial<BookShape>>>;
  readonly triggerAnswer?: 'resting' | 'waitingForTrigger';
  /** Enforce the venue's limits: all of them, or some; default none. */
  readonly enforceLimits?: boolean | readonly LimitKind[];
  /** Deregister the agents of an account that holds nothing any longer, and forget their nonces; default off. */
  readonly pruneEmpty?: boolean;
  /** A WebSocket to which nothing was sent for this long is closed; default 60 s. */
  readonly idleSocketMs?: number;
  /** The price of a coin that did not change for this long is sent to its subscribers again; default 3 s. */
  readonly repeatPricesMs?: number;
}

export interface HyperliquidSandbox {
  /** Base address for clients, `http://127.0.0.1:PORT`; the WebSocket is at `/ws` of it. */
  readonly url: string;
  readonly wsUrl: string;
  readonly network: Network;
  /** Control commands without HTTP. */
  control(command: ControlCommand): object;
  fund(address: string, usdc: string | number): void;
  setPrice(coin: string, price: string | number): void;
  state(): SandboxState;
  orderLog(filter?: { sinceMs?: number; action?: string; limit?: number }): LoggedRequest[];
  /** Returns the events since the control command `recordHistory`. */
  history(): readonly HistoryEvent[];
  /** Resolves when the feed has ended or was stopped. Rejects if its file cannot be read. */
  readonly pricesEnded: Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a local Hyperliquid and resolves when it listens. Rejects if the port is taken, and with StateFileError for a
 * broken state file. The caller closes it.
 */
export async function startHyperliquidSandbox(
  options: HyperliquidSandboxOptions = {},
): Promise<HyperliquidSandbox> {
  const limits = limitsOf(options.enforceLimits ?? false);
  const exchange = new Exchange({
    network: options.network ?? 'testnet',
    universe: options.universe ?? UNIVERSE,
    builtMarkets: options.universe ? [] : BUILT_MARKETS,
    books: options.books ?? {},
    triggerAnswer: options.triggerAnswer ?? 'resting',
    enforceLimits: limits.has('addresses'),
    pruneEmpty: options.pruneEmpty ?? false,
  });
  const { statePath } = options;
  const feedPosition = statePath === undefined ? undefined : StateFile.load(statePath, exchange);
  const feed = (options.feed ?? manual)(feedPosition, exchange);
  const stateFile =
    statePath === undefined ? undefined : StateFile.record(statePath, exchange, () => feed.position());
  fundAccounts(exchange, options.fund ?? {});
  const orderLog = new OrderLog();
  const gateway = new Gateway(exchange, new RateLimits(limits.has('weights')), orderLog);
  const hub = new StreamHub(exchange, {
    idleMs: options.idleSocketMs ?? IDLE_SOCKET_MS,
    repeatPricesMs: options.repeatPricesMs ?? REPEAT_PRICES_MS,
  });
  const prices: PriceProgress = { ended: false, error: null };
  const targets: ControlTargets = { exchange, hub, feed, orderLog, prices };
  const server = createHttpServer(gateway, targets);
  attachSockets(server, hub, gateway, new ConnectionLimits(limits.has('connections')));
  const { firstTick, pricesEnded } = startFeed(exchange, feed, prices, options.startPaused ?? false);
  // Clients must not see the default prices of coins that the feed drives.
  if (feed.coins.length > 0) await Promise.race([firstTick, pricesEnded]);
  const url = await listen(server, options);
  const clock = startClock(exchange);
  return {
    url,
    wsUrl: `${url.replace('http', 'ws')}/ws`,
    network: exchange.network,
    control: (command) => control(targets, command),
    fund: (address, usdc) => void control(targets, { type: 'fund', address, usdc }),
    setPrice: (coin, price) => void control(targets, { type: 'setPrice', coin, price }),
    state: () => stateOf(targets),
    orderLog: (filter = {}) => orderLog.list(filter),
    history: () => exchange.history.list(),
    pricesEnded,
    close: async () => {
      feed.stop();
      clearInterval(clock);
      hub.close();
      await closeServer(server);
      await pricesEnded.catch(() => undefined);
      stateFile?.close();
    },
  };
}

const manual: FeedFactory = () => new ManualFeed();

function fundAccounts(exchange: Exchange, fund: Readonly<Record<string, string>>): void {
  for (const [address, usdc] of Object.entries(fund))
    if (!exchange.account(address)) deposit(exchange, address, new Amount(usdc));
  exchange.commit();
}
