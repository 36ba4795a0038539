import { log, patched } from '@temporalio/workflow';
import type { TradeEvent } from '#domain/trade.ts';

/** Something that was said to a trade. */
export interface Message {
  event: TradeEvent;
  by?: string;
  /** Set where somebody waits for what comes of it. */
  done?: (result: MessageResult) => void;
}

export type MessageResult = { ok: true } | { ok: false; error: unknown };

/** A message that nobody waits for, which therefore can go on in a new run. */
export type CarriedMessage = Pick<Message, 'event' | 'by'>;

/** What a person may ask of a trade that is not open yet. */
const EARLY_REQUESTS: readonly TradeEvent['type'][] = ['pauseRequested', 'resumeRequested', 'closeRequested'];
/** Ends of a position. They wait for nothing else that was said. */
const URGENT: readonly TradeEvent['type'][] = ['closeRequested', 'exitStarted'];

/** Histories of before know none of it: urgent messages first, equal ones once, waiting ones carried on. */
const usesPriorities = (): boolean => patched('inbox-priorities');

/** What was said to a trade and has not been dealt with. */
export class TradeInbox {
  #messages: Message[];

  constructor(carried: readonly CarriedMessage[] = []) {
    this.#messages = [...carried];
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** Whether an end of the position waits. */
  get hasUrgent(): boolean {
    return this.#messages.some(isUrgent) && usesPriorities();
  }

  put(message: Message): void {
    this.#messages.push(message);
  }

  /** Takes a message that could not be read as news that there is something to look at. */
  putUnreadable(what: string): void {
    log.warn('a message could not be read: the position is looked at instead', { what });
    this.put({ event: { type: 'fillsBooked' } });
  }

  /** Takes the next message: an urgent one first, then in the order they came. Reports of fills are one message. */
  take(): Message | undefined {
    const urgent = this.#messages.findIndex(isUrgent);
    if (urgent > 0 && usesPriorities()) return this.#messages.splice(urgent, 1)[0];
    const next = this.#messages.shift();
    if (next?.event.type === 'fillsBooked' && this.#messages.some(isReportOfFills) && usesPriorities())
      this.#messages = this.#messages.filter((message) => !isReportOfFills(message));
    return next;
  }

  /** Takes what may be asked of a trade before its entry; the rest keeps until there is a position. */
  takeEarlyRequests(): Message[] {
    const isEarly = ({ event }: Message): boolean => EARLY_REQUESTS.includes(event.type);
    const requests = this.#messages.filter(isEarly);
    this.#messages = this.#messages.filter((message) => !isEarly(message));
    return requests;
  }

  /** Takes everything. */
  takeAll(): Message[] {
    return this.#messages.splice(0);
  }

  /** Returns whether a new run could go on with all that waits. */
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
