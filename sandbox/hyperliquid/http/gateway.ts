import { setTimeout as delay } from 'node:timers/promises';
import { UnreadableRequest } from '../wire/refusals.ts';
import { parseSignedRequest } from '../actions/authorise.ts';
import { performAction, requestCount } from '../actions/actions.ts';
import type { ExchangeAnswer, ExchangeResult } from '../actions/actions.ts';
import type { FaultSubject } from '../exchange/faults.ts';
import { READ_KINDS } from '../exchange/account-reads.ts';
import type { AccountReads } from '../exchange/account-reads.ts';
import { UNKNOWN_ORDER, answerInfo } from '../info/info.ts';
import type { RequestEvent } from '../exchange/history.ts';
import { cloidsOf } from '../actions/order-log.ts';
import type { OrderLog } from '../actions/order-log.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { isRecord } from '../wire/fields.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';
import { preciseNow } from '../../precise-now.ts';
import { PresentReads } from '../exchange/present-reads.ts';

/** The outcome of a request: an answer, an HTTP failure, or a connection that is cut without an answer. */
export type Outcome =
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'failure'; readonly status: number; readonly text: string }
  | { readonly kind: 'cut' };

/** Performs the requests of HTTP and WebSocket clients, under rate limits and injected faults. */
export class Gateway {
  readonly #exchange: Exchange;
  readonly #limits: RateLimits;
  readonly #log: OrderLog;

  constructor(exchange: Exchange, limits: RateLimits, log: OrderLog) {
    this.#exchange = exchange;
    this.#limits = limits;
    this.#log = log;
  }

  /** Performs a request of POST /info. `ip` is the client's address. */
  async info(body: unknown, ip: string): Promise<Outcome> {
    const receivedAt = preciseNow();
    const subject = readSubjectOf(body);
    const outcome = await this.#guarded(subject, () => {
      if (!this.#limits.takeInfo(ip, body)) return tooMany();
      const answer = this.#leavesNoStatus(subject)
        ? UNKNOWN_ORDER
        : answerInfo(this.#exchange, body, this.#readsFor(subject));
      this.#limits.chargeInfo(ip, body, answer);
      return { kind: 'answer', body: answer };
    });
    if (subject.cloids.length > 0)
      this.#exchange.history.addRequest({
        at: receivedAt,
        action: subject.also?.[0] ?? subject.action,
        cloids: subject.cloids,
        nonce: null,
        ...whatWasTold(outcome),
      });
    return outcome;
  }

  /** Performs a request of POST /exchange. `ip` is the client's address. */
  async exchange(body: unknown, ip: string): Promise<Outcome> {
    const receivedAt = preciseNow();
    const subject = subjectOf(body);
    let performed: ExchangeResult | undefined;
    const outcome = await this.#guarded(subject, () => {
      const request = parseSignedRequest(body);
      if (!this.#limits.takeExchange(ip, requestCount(request.action))) return tooMany();
      performed = performAction(this.#exchange, request);
      this.#log.add(receivedAt, request, performed);
      return { kind: 'answer', body: performed.answer satisfies ExchangeAnswer, user: performed.user };
    });
    this.#exchange.history.addRequest({
      at: receivedAt,
      action: subject.action,
      cloids: subject.cloids,
      nonce: nonceOf(body),
      ...whatBecame(outcome, performed),
    });
    return outcome;
  }

  #leavesNoStatus(subject: FaultSubject): boolean {
    if (!subject.also?.includes('orderStatus')) return false;
    return this.#exchange.faults.take('noStatus', subject) !== undefined;
  }

  /** Returns the present accounts and orders, or earlier ones if a fault makes this read lag. */
  #readsFor(subject: FaultSubject): AccountReads {
    const stale = this.#exchange.faults.take('stale', subject);
    return stale ? this.#exchange.past.at(Date.now() - stale.ms) : new PresentReads(this.#exchange);
  }

  async #guarded(subject: FaultSubject, perform: () => Outcome & { user?: string | null }): Promise<Outcome> {
    const { faults } = this.#exchange;
    const failing = faults.take('http', subject);
    if (failing) return { kind: 'failure', status: failing.status, text: statusText(failing.status) };
    if (faults.take('loseRequest', subject)) return { kind: 'cut' };
    const outcome = attempt(perform);
    const known = { ...subject, user: outcome.user ?? subject.user };
    const lost = faults.take('loseAnswer', known);
    const wait = faults.take('delay', known);
    if (wait) await delay(wait.ms);
    return lost ? { kind: 'cut' } : outcome;
  }
}

function whatBecame(
  outcome: Outcome,
  performed: ExchangeResult | undefined,
): Pick<RequestEvent, 'signer' | 'user' | 'outcome' | 'answer'> {
  if (!performed) {
    const answer = outcome.kind === 'failure' ? `HTTP ${outcome.status}` : 'cut';
    return { signer: null, user: null, outcome: 'unread', answer };
  }
  const { signer, user, answer } = performed;
  const kind = outcome.kind === 'answer' ? 'answered' : 'lost';
  return { signer, user, outcome: kind, answer: answer.response };
}

function whatWasTold(outcome: Outcome): Pick<RequestEvent, 'signer' | 'user' | 'outcome' | 'answer'> {
  const nobody = { signer: null, user: null };
  if (outcome.kind === 'answer' && isRecord(outcome.body))
    return { ...nobody, outcome: 'answered', answer: outcome.body };
  const answer = outcome.kind === 'failure' ? `HTTP ${outcome.status}` : 'cut';
  return { ...nobody, outcome: 'unread', answer };
}

function nonceOf(body: unknown): number | null {
  const nonce = isRecord(body) ? body['nonce'] : null;
  return typeof nonce === 'number' ? nonce : null;
}

function attempt(perform: () => Outcome & { user?: string | null }): Outcome & { user?: string | null } {
  try {
    return perform();
  } catch (error) {
    if (error instanceof UnreadableRequest) return { kind: 'failure', status: 422, text: error.message };
    throw error;
  }
}

/** Returns the action and client ids of a request, by which faults select it before its signature is checked. */
function subjectOf(body: unknown): FaultSubject {
  const action = isRecord(body) ? body['action'] : undefined;
  if (!isRecord(action)) return { action: 'exchange', cloids: [] };
  return { action: String(action['type']), also: ['exchange'], cloids: cloidsOf(action) };
}

function readSubjectOf(body: unknown): FaultSubject {
  const { type, user, oid } = isRecord(body) ? body : {};
  const kind = READ_KINDS[String(type)];
  return {
    action: 'info',
    also: [String(type), ...(kind === undefined ? [] : [kind])],
    cloids: typeof oid === 'string' ? [oid.toLowerCase()] : [],
    user: typeof user === 'string' ? user.toLowerCase() : undefined,
  };
}

function tooMany(): Outcome {
  return { kind: 'failure', status: 429, text: VENUE_TEXT.tooManyRequests };
}

function statusText(status: number): string {
  return status === 429 ? VENUE_TEXT.tooManyRequests : 'Service unavailable';
}
