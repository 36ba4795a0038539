import type { WebSocket } from 'ws';
import type { Changes } from '../exchange/changes.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { isRecord } from '../wire/fields.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { snapshotOf } from './messages.ts';
import { publishAccounts, publishMarket, publishMarkets } from './publish.ts';
import type { TopicSink } from './publish.ts';
import { QuietPrices } from './quiet-prices.ts';
import { parseSubscription } from './subscriptions.ts';
import type { Subscription } from './subscriptions.ts';

/** Performs a `post` request. Resolves to the `response` of its answer, or to undefined to cut the socket. */
export type PostHandler = (request: unknown) => Promise<object | undefined>;

export interface HubOptions {
  /** A socket to which nothing was sent for this long is closed. */
  readonly idleMs: number;
  /** The price of a coin that was quiet for this long is sent again. */
  readonly repeatPricesMs: number;
}

/** The IP address of a socket, its limits, and the handler of its `post` requests. */
export interface SocketContext {
  readonly ip: string;
  readonly limits: ConnectionLimits;
  readonly post: PostHandler;
}

interface Connection extends SocketContext {
  readonly socket: WebSocket;
  readonly subscriptions: Map<string, Subscription>;
  lastSentMs: number;
}

const IDLE_CHECK_MS = 1_000;
const SUBSCRIPTION_LIMIT = 1_000;

/** All WebSocket connections with their subscriptions. It sends what each commit changed to the subscribers. */
export class StreamHub {
  readonly #exchange: Exchange;
  readonly #connections = new Set<Connection>();
  readonly #topics = new Map<string, Set<Connection>>();
  readonly #idleTimer: NodeJS.Timeout;
  readonly #topicSink: TopicSink = {
    isHeard: (topic) => this.#hasSubscribers(topic),
    send: (topic, message) => this.#send(topic, message),
  };
  readonly #quietPrices: QuietPrices;
  #frozenUntilMs = 0;

  constructor(exchange: Exchange, { idleMs, repeatPricesMs }: HubOptions) {
    this.#exchange = exchange;
    this.#idleTimer = setInterval(() => this.#closeIdle(idleMs), Math.min(IDLE_CHECK_MS, idleMs));
    this.#idleTimer.unref();
    this.#quietPrices = new QuietPrices(repeatPricesMs, (topic) => this.#repeat(topic));
    exchange.onCommit((changes) => this.#publish(changes));
  }

  /** Serves a new socket until it closes. */
  attach(socket: WebSocket, context: SocketContext): void {
    const connection: Connection = { ...context, socket, subscriptions: new Map(), lastSentMs: Date.now() };
    this.#connections.add(connection);
    socket.on('message', (data: Buffer) => void this.#receive(connection, data.toString('utf8')));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#detach(connection));
  }

  /** Cuts every connection without a closing handshake. */
  dropAll(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  /** Sends nothing for `durationMs`. Changes of that time are never sent. */
  freeze(durationMs: number): void {
    this.#frozenUntilMs = Date.now() + durationMs;
  }

  /** Cuts every connection and stops the timers. */
  close(): void {
    clearInterval(this.#idleTimer);
    this.#quietPrices.stop();
    this.dropAll();
  }

  async #receive(connection: Connection, text: string): Promise<void> {
    if (!connection.limits.message(connection.ip, Date.now())) return connection.socket.terminate();
    const message = parseMessage(text);
    switch (message?.['method']) {
      case 'ping':
        return send(connection, { channel: 'pong' });
      case 'subscribe':
        return this.#subscribe(connection, message['subscription']);
      case 'unsubscribe':
        return this.#unsubscribe(connection, message['subscription']);
      case 'post':
        return this.#post(connection, message);
      default:
        return send(connection, {
          channel: 'error',
          data: `Error parsing JSON into valid websocket request: ${text}`,
        });
    }
  }

  async #post(connection: Connection, { id, request }: Record<string, unknown>): Promise<void> {
    const { ip, limits, post, socket } = connection;
    if (!limits.startPost(ip))
      return sendError(connection, `too many pending post requests id=${String(id)}`);
    const response = await post(request).finally(() => limits.endPost(ip));
    if (!response) return socket.terminate();
    send(connection, { channel: 'post', data: { id, response } });
  }

  #subscribe(connection: Connection, raw: unknown): void {
    const subscription = parseSubscription(this.#exchange, raw);
    const key = JSON.stringify(raw);
    if (!subscription) return sendError(connection, `Invalid subscription ${key}`);
    if (connection.subscriptions.has(key)) return sendError(connection, `Already subscribed: ${key}`);
    if (connection.subscriptions.size >= SUBSCRIPTION_LIMIT)
      return sendError(connection, `Cannot track more than ${SUBSCRIPTION_LIMIT} subscriptions: ${key}`);
    const { ip, limits } = connection;
    if (subscription.user !== null && !limits.startUser(ip, subscription.user))
      return sendError(connection, `Cannot track more than 10 total users: ${key}`);
    connection.subscriptions.set(key, subscription);
    const subscribers = this.#topics.get(subscription.topic) ?? new Set();
    this.#topics.set(subscription.topic, subscribers.add(connection));
    this.#quietPrices.sent(subscription.topic);
    send(connection, { channel: 'subscriptionResponse', data: { method: 'subscribe', subscription: raw } });
    for (const message of snapshotOf(this.#exchange, subscription.topic)) send(connection, message);
  }

  #unsubscribe(connection: Connection, raw: unknown): void {
    const key = JSON.stringify(raw);
    const subscription = connection.subscriptions.get(key);
    if (!subscription) return sendError(connection, `Already unsubscribed: ${key}`);
    connection.subscriptions.delete(key);
    if (subscription.user !== null) connection.limits.endUser(connection.ip, subscription.user);
    const others = [...connection.subscriptions.values()];
    if (!others.some(({ topic }) => topic === subscription.topic))
      this.#topics.get(subscription.topic)?.delete(connection);
    send(connection, { channel: 'subscriptionResponse', data: { method: 'unsubscribe', subscription: raw } });
  }

  #detach(connection: Connection): void {
    this.#connections.delete(connection);
    for (const { topic, user } of connection.subscriptions.values()) {
      this.#topics.get(topic)?.delete(connection);
      if (user !== null) connection.limits.endUser(connection.ip, user);
    }
  }

  #closeIdle(idleMs: number): void {
    const before = Date.now() - idleMs;
    for (const { socket, lastSentMs } of this.#connections)
      if (lastSentMs <= before) socket.close(1000, 'Inactive');
  }

  #publish(changes: Changes): void {
    if (this.#connections.size === 0 || this.#isFrozen) return;
    publishMarkets(this.#exchange, changes, this.#topicSink);
    publishAccounts(this.#exchange, changes, this.#topicSink);
  }

  #repeat(topic: string): void {
    if (!this.#isFrozen) publishMarket(this.#exchange, topic, this.#topicSink);
  }

  get #isFrozen(): boolean {
    return Date.now() < this.#frozenUntilMs;
  }

  #hasSubscribers(topic: string): boolean {
    return (this.#topics.get(topic)?.size ?? 0) > 0;
  }

  #send(topic: string, message: () => object): void {
    if (!this.#hasSubscribers(topic)) return;
    this.#quietPrices.sent(topic);
    const frame = JSON.stringify(message());
    for (const connection of this.#topics.get(topic)!) sendFrame(connection, frame);
  }
}

function parseMessage(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sendError(connection: Connection, text: string): void {
  send(connection, { channel: 'error', data: text });
}

function send(connection: Connection, message: object): void {
  sendFrame(connection, JSON.stringify(message));
}

function sendFrame(connection: Connection, frame: string): void {
  connection.lastSentMs = Date.now();
  if (connection.socket.readyState === connection.socket.OPEN) connection.socket.send(frame);
}
