import { asId, type AccountId } from '#domain/ids.ts';
import type { StreamHandlers } from '../../venue.ts';
import { fillsOf } from '../accounts/fills.ts';
import type { Logger } from '../http/options.ts';
import * as schemas from '../http/schemas.ts';
import type { Subscriptions } from './subscriptions.ts';

/** The parts of a stream that a message concerns. */
export interface MessageReading {
  handlers: Pick<StreamHandlers, 'onPrice' | 'onFills'>;
  subscriptions: Pick<Subscriptions, 'isWanted' | 'confirm'>;
  logger: Logger;
  /** Gives up the line, since a message on it cannot be read. */
  restart: (reason: string) => void;
}

/** Reads one message of the venue and passes on what it says. Returns its channel; undefined when it is unreadable. */
export function readMessage(reading: MessageReading, text: string): string | undefined {
  const message = schemas.streamMessage.safeParse(parse(text));
  if (!message.success) {
    reading.restart('unreadable message');
    return undefined;
  }
  const { channel, data } = message.data;
  READERS[channel]?.(reading, data);
  return channel;
}

const READERS: Record<string, (reading: MessageReading, data: unknown) => void> = {
  activeAssetCtx: readPrice,
  userFills: readFills,
  subscriptionResponse: readConfirmation,
  error: readError,
};

function readPrice({ handlers, subscriptions, restart }: MessageReading, data: unknown): void {
  const message = schemas.priceMessage.safeParse(data);
  if (!message.success) return restart('unreadable price');
  const { coin, ctx } = message.data;
  if (!subscriptions.isWanted({ type: 'activeAssetCtx', coin })) return undefined;
  return handlers.onPrice({ symbol: coin, price: ctx.markPx, t: Date.now() });
}

/** The first message after subscribing repeats old fills. They are passed on too, since a gap may hide in them. */
function readFills({ handlers, subscriptions, restart }: MessageReading, data: unknown): void {
  const message = schemas.fillsMessage.safeParse(data);
  if (!message.success) return restart('unreadable fills');
  const user = asId<AccountId>(message.data.user.toLowerCase());
  if (!subscriptions.isWanted({ type: 'userFills', user })) return undefined;
  const heard = fillsOf(user, message.data.fills);
  return heard.length > 0 ? handlers.onFills(user, heard) : undefined;
}

function readConfirmation({ subscriptions }: MessageReading, data: unknown): void {
  const message = schemas.confirmationMessage.safeParse(data);
  if (message.success && message.data.method === 'subscribe')
    subscriptions.confirm(message.data.subscription);
}

/** The text of an error ends in the subscription that it is about. One that is refused does not hold up the others. */
function readError({ logger, subscriptions }: MessageReading, data: unknown): void {
  const text = String(data);
  logger.warn({ text }, 'venue stream error');
  const echo = schemas.subscriptionEcho.safeParse(parse(text.slice(Math.max(0, text.indexOf('{')))));
  if (echo.success) subscriptions.confirm(echo.data);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
