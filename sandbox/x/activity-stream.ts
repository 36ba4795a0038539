import type { ServerResponse } from 'node:http';
import type { ServiceAnswer, ServiceRequest } from '../service/service.ts';
import type { ActivityEvent, Platform } from './platform.ts';
import { renderEvent } from './render.ts';

interface Subscription {
  readonly subscription_id: string;
  readonly event_type: string;
  readonly filter: { readonly user_id: string };
  readonly created_at: string;
  readonly updated_at: string;
}

/** Faults of the stream. Each hits the next event. */
export type StreamFault =
  /** The event comes twice. */
  | 'duplicate'
  /** The event is not sent. */
  | 'lose'
  /** The connection ends in the middle of the event's line. */
  | 'cutLine'
  /** The event waits for the one after it, and comes behind it. */
  | 'swap';

const MAX_CONNECTIONS = 2;
const KEEP_ALIVE_MS = 20_000;

/** The activity stream: subscriptions by account and kind of event, and the connections that events go to. */
export class ActivityStream {
  readonly #platform: Platform;
  readonly #connections = new Set<ServerResponse>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #faults: StreamFault[] = [];
  readonly #keepAlive: NodeJS.Timeout;
  #held: ActivityEvent | null = null;
  #nextId = 1_976_325_569_252_868_096n;

  constructor(platform: Platform, keepAliveMs = KEEP_ALIVE_MS) {
    this.#platform = platform;
    platform.onEvent((event) => this.#deliver(event));
    this.#keepAlive = setInterval(() => this.#writeAll('\r\n'), keepAliveMs);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** The next event is hit by this fault; faults wait in a queue. */
  fail(fault: StreamFault): void {
    this.#faults.push(fault);
  }

  /** Cuts every connection. */
  cut(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** Sends nothing any more, not even a keep-alive, and keeps the connections. */
  fallSilent(): void {
    this.#connections.clear();
  }

  close(): void {
    clearInterval(this.#keepAlive);
    this.cut();
  }

  /** `GET /2/activity/stream`. */
  open({ url }: ServiceRequest): ServiceAnswer {
    if (this.#connections.size >= MAX_CONNECTIONS) return TOO_MANY_CONNECTIONS;
    const minutes = Number(url.searchParams.get('backfill_minutes') ?? 0);
    return {
      stream: (response) => {
        response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
        response.write('\r\n');
        const from = Date.now() - minutes * 60_000;
        for (const event of this.#platform.events.filter(({ atMs }) => minutes > 0 && atMs >= from))
          if (this.#isWanted(event)) response.write(this.#lineOf(event));
        this.#connections.add(response);
        response.once('close', () => this.#connections.delete(response));
      },
    };
  }

  /** `/2/activity/subscriptions`, with the id of one for DELETE. */
  subscriptions({ method, body }: ServiceRequest, id: string | undefined): ServiceAnswer {
    if (method === 'DELETE' && id !== undefined) {
      const deleted = this.#subscriptions.delete(id);
      return { status: 200, body: { data: { deleted }, meta: this.#meta() } };
    }
    if (method !== 'POST')
      return { status: 200, body: { data: [...this.#subscriptions.values()], meta: this.#meta() } };
    const made = this.#subscribe(JSON.parse(body.toString('utf8')));
    return { status: 200, body: { data: made, meta: this.#meta() } };
  }

  #meta = () => ({ total_subscriptions: this.#subscriptions.size });

  #subscribe({ event_type, filter }: Pick<Subscription, 'event_type' | 'filter'>): Subscription {
    const at = new Date().toISOString();
    const subscription = {
      subscription_id: String(this.#nextId++),
      event_type,
      filter: { user_id: filter.user_id },
      created_at: at,
      updated_at: at,
    };
    this.#subscriptions.set(subscription.subscription_id, subscription);
    return subscription;
  }

  #isWanted({ type, userId }: ActivityEvent): boolean {
    const account = this.#platform.accounts.get(userId);
    if (account?.isProtected) return false;
    return [...this.#subscriptions.values()].some(
      ({ event_type, filter }) => event_type === type && filter.user_id === userId,
    );
  }

  #deliver(event: ActivityEvent): void {
    if (!this.#isWanted(event)) return;
    const fault = this.#faults.shift();
    const line = this.#lineOf(event);
    if (fault === 'lose') return;
    if (fault === 'swap') return void (this.#held = event);
    if (fault === 'cutLine') {
      for (const connection of this.#connections)
        connection.write(line.slice(0, line.length / 2), () => connection.destroy());
      return;
    }
    this.#writeAll(line);
    if (fault === 'duplicate') this.#writeAll(line);
    if (this.#held) this.#writeAll(this.#lineOf(this.#held));
    this.#held = null;
  }

  #lineOf = (event: ActivityEvent): string => `${JSON.stringify(renderEvent(this.#platform, event))}\r\n`;

  #writeAll(text: string): void {
    for (const connection of this.#connections) connection.write(text);
  }
}

const TOO_MANY_CONNECTIONS: ServiceAnswer = {
  status: 429,
  body: {
    title: 'ConnectionException',
    detail: 'This stream is currently at the maximum allowed connection limit.',
    connection_issue: 'TooManyConnections',
    type: 'https://api.twitter.com/2/problems/streaming-connection',
  },
};
