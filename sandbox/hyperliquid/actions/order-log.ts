import type { SignedRequest } from './authorise.ts';
import type { ExchangeResult } from './actions.ts';

/** One received exchange request with its answer, for benches and tests. */
export interface LoggedRequest {
  /** Epoch milliseconds with sub-millisecond digits, taken before the request was read. */
  readonly receivedAt: number;
  readonly action: string;
  readonly nonce: number;
  readonly user: string | null;
  readonly signer: string | null;
  readonly cloids: readonly string[];
  readonly request: Record<string, unknown>;
  readonly status: 'ok' | 'err';
  readonly response: object | string;
}

const LIMIT = 20_000;

/** The newest exchange requests, oldest first. */
export class OrderLog {
  #entries: LoggedRequest[] = [];

  add(receivedAt: number, request: SignedRequest, { answer, signer, user }: ExchangeResult): void {
    this.#entries.push({
      receivedAt,
      action: request.type,
      nonce: request.nonce,
      user,
      signer,
      cloids: cloidsOf(request.action),
      request: request.action,
      status: answer.status,
      response: answer.response,
    });
    if (this.#entries.length > LIMIT * 1.2) this.#entries = this.#entries.slice(-LIMIT);
  }

  /** Returns the newest `limit` entries received at or after `sinceMs`, of one action type if given. */
  list({
    sinceMs = 0,
    action,
    limit = LIMIT,
  }: {
    sinceMs?: number;
    action?: string;
    limit?: number;
  }): LoggedRequest[] {
    return this.#entries
      .filter((entry) => entry.receivedAt >= sinceMs && (action === undefined || entry.action === action))
      .slice(-limit);
  }

  clear(): void {
    this.#entries = [];
  }
}

/** Returns every client id in an action, in lower case. */
export function cloidsOf(action: Record<string, unknown>): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const isCloid = (key === 'c' || key === 'cloid' || key === 'oid') && typeof inner === 'string';
      if (isCloid) found.push(inner.toLowerCase());
      else visit(inner);
    }
  };
  visit(action);
  return found;
}
