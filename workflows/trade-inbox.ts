import { log, patched } from '@temporalio/workflow';
import type { TradeEvent } from '#domain/trade.ts';

/** A message to a trade. */
export interface Message {
  event: TradeEvent;
  by?: string;
  /** Called with the result, where a caller waits for it. */
  done?: (result: MessageResult) => void;
}

export type MessageResult = { ok: true } | { ok: false; error: unknown };

/** A message without a waiting caller, which can go on in a new run. */
export type CarriedMessage = Pick<Message, 'event' | 'by'>;

/** Requests that a person may make before the trade is open. */
const EARLY_REQUESTS: readonly TradeEvent['type'][] = ['pauseRequested', 'resumeRequested', 'closeRequested'];
/** Messages that end a position: they are taken before all others. */
const URGENT: readonly TradeEvent['type'][] = ['closeRequested', 'exitStarted'];

/**
 * Returns false for histories of before these rules: urgent messages first, equal ones once, waiting ones carried on.
 */
const usesPriorities = (): boolean => patched('inbox-priorities');

/** Messages to a trade that are not handled yet. */
export class TradeInbox {
  #messages: Message[];

  constructor(carried: readonly CarriedMessage[] = []) {
    this.#messages = [...carried];
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** True when a message waits that ends the position. */
  get hasUrgent(): boolean {
    return this.#messages.some(isUrgent) && usesPriorities();
  }

  put(message: Message): void {
    this.#messages.push(message);
  }

  /** Puts in a report of fills for a message that could not be read, so that the position is looked at. */
  putUnreadable(what: string): void {
    log.warn('a message could not be read: the position is looked at instead', { what });
    this.put({ event: { type: 'fillsBooked' } });
  }

  /**
   * Returns the next message: an urgent one first, then in the order of arrival. Reports of fills count as one message.
   */
  take(): Message | undefined {
    const urgent = this.#messages.findIndex(isUrgent);
    if (urgent > 0 && usesPriorities()) return this.#messages.splice(urgent, 1)[0];
    const next = this.#messages.shift();
    if (next?.event.type === 'fillsBooked' && this.#messages.some(isReportOfFills) && usesPriorities())
      this.#messages = this.#messages.filter((message) => !isReportOfFills(message));
    return next;
  }

  /** Returns the requests that may come before the entry; other messages wait until there is a position. */
  takeEarlyRequests(): Message[] {
    const isEarly = ({ event }: Message): boolean => EARLY_REQUESTS.includes(event.type);
    const requests = this.#messages.filter(isEarly);
    this.#messages = this.#messages.filter((message) => !isEarly(message));
    return requests;
  }

  /** Returns all messages. */
  takeAll(): Message[] {
    return this.#messages.splice(0);
  }

  /** Returns whether all waiting messages can go on in a new run. */
  canBeCarried(): boolean {
    if (this.isEmpty) return true;
    return this.#messages.every((message) => !message.done && !isUrgent(message)) && usesPriorities();
  }

  carry(): CarriedMessage[] {
    return this.takeAll().map(({ event, by }) => ({ event, ...(by !== undefined && { by }) }));
  }
}

const isUrgent = ({ event }: Message): boolean => URGENT.includes(event.type);
const isReportOfFills = ({ event }: Message): boolean => event.type === 'fillsBooked';
