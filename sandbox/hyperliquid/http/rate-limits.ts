import { isRecord } from '../wire/fields.ts';

/** Request weights per IP address and minute, as the venue documents them. */
const WEIGHT_PER_MINUTE = 1_200;
const MINUTE_MS = 60_000;
const LIGHT = new Set([
  'l2Book',
  'allMids',
  'clearinghouseState',
  'orderStatus',
  'spotClearinghouseState',
  'exchangeStatus',
]);
const HEAVY = new Set(['userRole']);
/** Items of an answer that cost one more unit of weight, by request type. */
const ITEMS_PER_WEIGHT: Readonly<Record<string, number>> = {
  recentTrades: 20,
  historicalOrders: 20,
  userFills: 20,
  userFillsByTime: 20,
  fundingHistory: 20,
  userFunding: 20,
  userNonFundingLedgerUpdates: 20,
  candleSnapshot: 60,
};

/** Limits that can be enforced separately: weight per IP address, requests per account, and WebSockets. */
export const LIMIT_KINDS = ['weights', 'addresses', 'connections'] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** Returns which limits are enforced: all, none, or those named. */
export function limitsOf(enforce: boolean | readonly LimitKind[]): ReadonlySet<LimitKind> {
  if (typeof enforce === 'boolean') return new Set(enforce ? LIMIT_KINDS : []);
  return new Set(enforce);
}

interface Window {
  startMs: number;
  used: number;
}

/** The request weight of each IP address per minute. With `enforce` off every request passes. */
export class RateLimits {
  readonly #enforce: boolean;
  readonly #byIp = new Map<string, Window>();

  constructor(enforce: boolean) {
    this.#enforce = enforce;
  }

  get enforced(): boolean {
    return this.#enforce;
  }

  /** Returns whether an info request fits the budget of `ip`, and counts it if it does. */
  takeInfo(ip: string, body: unknown): boolean {
    const type = typeOf(body);
    const weight = LIGHT.has(type) ? 2 : HEAVY.has(type) ? 60 : 20;
    return this.#take(ip, weight);
  }

  /** Counts the extra weight of a long answer. It never refuses, because the answer is already made. */
  chargeInfo(ip: string, body: unknown, answer: unknown): void {
    const items = ITEMS_PER_WEIGHT[typeOf(body)];
    if (!this.#enforce || items === undefined || !Array.isArray(answer)) return;
    this.#windowOf(ip).used += Math.floor(answer.length / items);
  }

  /** Returns whether an exchange request with `batch` orders or cancels fits the budget of `ip`, and counts it then. */
  takeExchange(ip: string, batch: number): boolean {
    return this.#take(ip, 1 + Math.floor(batch / 40));
  }

  #take(ip: string, weight: number): boolean {
    if (!this.#enforce) return true;
    const window = this.#windowOf(ip);
    if (window.used + weight > WEIGHT_PER_MINUTE) return false;
    window.used += weight;
    return true;
  }

  #windowOf(ip: string): Window {
    const now = Date.now();
    const open = this.#byIp.get(ip);
    if (open && now - open.startMs < MINUTE_MS) return open;
    const fresh = { startMs: now, used: 0 };
    this.#byIp.set(ip, fresh);
    return fresh;
  }
}

function typeOf(body: unknown): string {
  return isRecord(body) ? String(body['type']) : '';
}
