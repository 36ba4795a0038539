import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import type { BookShape } from './market/synthetic-book.ts';
import { BUILT_MARKETS } from './market/built-markets.ts';
import { control, parseCommand, stateOf } from './control/control.ts';
import type { ControlCommand, ControlTargets, PriceProgress, SandboxState } from './control/control.ts';
import { VENUE_TEXT } from './wire/refusals.ts';
import { StateFile } from './persistence/state-file.ts';
import { payFunding } from './matching/funding.ts';
import type { HistoryEvent } from './exchange/history.ts';
import { Gateway } from './http/gateway.ts';
import type { Outcome } from './http/gateway.ts';
import { deposit } from './exchange/ledger.ts';
import { ManualFeed } from '../feeds/feed.ts';
import type { Feed, FeedFactory } from '../feeds/feed.ts';
import { OrderLog } from './http/order-log.ts';
import type { LoggedRequest } from './http/order-log.ts';
import { Amount } from './wire/amounts.ts';
import { setMark } from './matching/set-mark.ts';
import { RateLimits, limitsOf } from './http/rate-limits.ts';
import type { LimitKind } from './http/rate-limits.ts';
import type { Network } from './wire/signing.ts';
import { ConnectionLimits } from './streams/connection-limits.ts';
import { StreamHub } from './streams/hub.ts';
import { runScheduledCancel } from './matching/triggers.ts';
import { UNIVERSE } from './market/universe.ts';
import type { PerpSpec } from './market/universe.ts';
import { Exchange } from './exchange/exchange.ts';
import { isRecord } from './wire/fields.ts';

const HOUR_MS = 3_600_000;
const IDLE_SOCKET_MS = 60_000;
const MAX_BODY_BYTES = 4_000_000;
const SCHEDULE_CHECK_MS = 250;
const KEEP_ALIVE_MS = 75_000;
const TOO_MANY = 429;

export interface SandboxLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface HyperliquidSandboxOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Network whose signatures are valid here; default testnet. */
  readonly network?: Network;
  /** Where prices come from; default manual (`setPrice`). */
  readonly feed?: FeedFactory;
  /** Give only the first prices of the feed, until `resumePrices`. */
  readonly startPaused?: boolean;
  /** USDC to deposit per address; an address that a state file already knows is left as it is. */
  readonly fund?: Readonly<Record<string, string>>;
  /** File that keeps accounts, orders, fills and nonces across restarts, `kill -9` included. */
  readonly statePath?: string;
  /** Perpetuals to list instead of the usual ones; those built by others are left out then. */
  readonly universe?: readonly PerpSpec[];
  /** Synthetic book per coin, where it differs from the default. */
  readonly books?: Readonly<Record<string, Partial<BookShape>>>;
  readonly triggerAnswer?: 'resting' | 'waitingForTrigger';
  /** Enforce the venue's limits: all of them, or some; default none. */
  readonly enforceLimits?: boolean | readonly LimitKind[];
  /** Deregister the agents of an account that holds nothing any longer, and forget their nonces; default off. */
  readonly pruneEmpty?: boolean;
  /** A WebSocket to which nothing was sent for this long is closed; default 60 s. */
  readonly idleSocketMs?: number;
  readonly logger?: SandboxLogger;
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
  /** What has happened since the control command `recordHistory`. */
  history(): readonly HistoryEvent[];
  /** Resolves when the feed has no more prices (or was stopped); rejects where its file cannot be read. */
  readonly pricesEnded: Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in for Hyperliquid and resolves when it listens. Rejects if the port is taken or the state unreadable. */
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
  const hub = new StreamHub(exchange, { idleMs: options.idleSocketMs ?? IDLE_SOCKET_MS });
  const prices: PriceProgress = { ended: false, error: null };
  const targets: ControlTargets = { exchange, hub, feed, orderLog, prices };
  const server = createServer((request, response) => void serve(request, response, gateway, targets));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  attachSockets(server, hub, gateway, new ConnectionLimits(limits.has('connections')));
  const { firstTick, pricesEnded } = startFeed(exchange, feed, prices, options);
  // Clients must never see a price from before the feed's first.
  if (feed.coins.length > 0) await Promise.race([firstTick, pricesEnded]);
  const url = await listen(server, options);
  const timers = startClocks(exchange);
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
      for (const timer of timers) clearInterval(timer);
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

interface RunningFeed {
  readonly firstTick: Promise<void>;
  readonly pricesEnded: Promise<void>;
}

function startFeed(
  exchange: Exchange,
  feed: Feed,
  progress: PriceProgress,
  { logger, startPaused }: HyperliquidSandboxOptions,
): RunningFeed {
  const first = Promise.withResolvers<void>();
  let ticks = 0;
  const ended = feed.run((coin, px) => {
    if (ticks++ === 0 && startPaused) feed.pause();
    setMark(exchange, exchange.market(coin)!, new Amount(px));
    first.resolve();
  });
  const pricesEnded = ended
    .catch((error: unknown) => {
      progress.error = error instanceof Error ? error.message : String(error);
      logger?.error({ error: progress.error }, 'prices failed');
      throw error;
    })
    .finally(() => {
      progress.ended = true;
    });
  // Whoever cares awaits it; `state` tells the others.
  pricesEnded.catch(() => undefined);
  return { firstTick: first.promise, pricesEnded };
}

/**
 * Funding after every full hour of the wall clock, scheduled cancels when they are due. Like at the venue, funding has
 * the time of the block that paid it: what was opened between the hour and that block pays with the others.
 */
function startClocks(exchange: Exchange): NodeJS.Timeout[] {
  let hour = Math.floor(Date.now() / HOUR_MS);
  const clock = setInterval(() => {
    const now = Date.now();
    for (const { address, scheduledCancelAt } of exchange.accounts.values())
      if (scheduledCancelAt !== null && scheduledCancelAt <= now) {
        runScheduledCancel(exchange, address, now);
        exchange.commit();
      }
    if (Math.floor(now / HOUR_MS) === hour) return;
    hour = Math.floor(now / HOUR_MS);
    payFunding(exchange, now);
  }, SCHEDULE_CHECK_MS);
  return [clock];
}

function listen(
  server: Server,
  { port = 0, host = '127.0.0.1' }: HyperliquidSandboxOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(`http://${host}:${portOf(server)}`));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
  targets: ControlTargets,
): Promise<void> {
  try {
    const body = await readJson(request);
    const ip = request.socket.remoteAddress ?? '';
    switch (request.method === 'POST' ? request.url?.split('?')[0] : undefined) {
      case '/info':
        return respond(response, await gateway.info(body, ip));
      case '/exchange':
        return respond(response, await gateway.exchange(body, ip));
      case '/control':
        return respond(response, runControl(targets, body));
      default:
        return respond(response, { kind: 'failure', status: 404, text: 'Not found' });
    }
  } catch (error) {
    const isBadJson = error instanceof SyntaxError;
    const text = isBadJson ? VENUE_TEXT.unreadable : String(error);
    respond(response, { kind: 'failure', status: isBadJson ? 422 : 500, text });
  }
}

function runControl(targets: ControlTargets, body: unknown): Outcome {
  try {
    return { kind: 'answer', body: control(targets, parseCommand(body)) };
  } catch (error) {
    return { kind: 'failure', status: 400, text: String(error) };
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

function respond(response: ServerResponse, outcome: Outcome): void {
  if (outcome.kind === 'cut') {
    response.destroy();
    return;
  }
  const isAnswer = outcome.kind === 'answer';
  const text = isAnswer ? JSON.stringify(outcome.body) : outcome.text;
  response.writeHead(isAnswer ? 200 : outcome.status, {
    'content-type': isAnswer ? 'application/json' : 'text/plain',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function attachSockets(server: Server, hub: StreamHub, gateway: Gateway, limits: ConnectionLimits): void {
  const sockets = new WebSocketServer({
    server,
    path: '/ws',
    maxPayload: MAX_BODY_BYTES,
    verifyClient: ({ req }, accept) =>
      accept(limits.open(ipOf(req), Date.now()), TOO_MANY, 'Too Many Requests'),
  });
  sockets.on('connection', (socket, request) => {
    const ip = ipOf(request);
    socket.once('close', () => limits.close(ip));
    hub.attach(socket, { ip, limits, post: (posted) => answerPost(gateway, posted, ip) });
  });
}

const ipOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '';

async function answerPost(gateway: Gateway, posted: unknown, ip: string): Promise<object | undefined> {
  const { type, payload } = isRecord(posted) ? posted : {};
  if (type !== 'info' && type !== 'action') return { type: 'error', payload: VENUE_TEXT.unreadable };
  const outcome = type === 'info' ? await gateway.info(payload, ip) : await gateway.exchange(payload, ip);
  if (outcome.kind === 'cut') return undefined;
  if (outcome.kind === 'failure') return { type: 'error', payload: `${outcome.status}: ${outcome.text}` };
  return type === 'info'
    ? { type, payload: { type: isRecord(payload) ? payload['type'] : null, data: outcome.body } }
    : { type, payload: outcome.body };
}
