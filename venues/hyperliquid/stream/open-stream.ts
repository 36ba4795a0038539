import { asId, type AccountId, type Symbol } from '#domain/ids.ts';
import type { StreamHandlers, VenueStream } from '../../venue.ts';
import type { Logger, SocketPace } from '../http/options.ts';
import { openReconnectingSocket } from './reconnecting-socket.ts';
import * as schemas from '../http/schemas.ts';
import { fillsOf } from '../accounts/fills.ts';

/** Accounts whose fills one address may follow. Source: official documentation, "rate limits". */
export const MAX_ACCOUNTS = 10;

export interface StreamOptions {
  /** `ws(s)` address. */
  url: string;
  pace: SocketPace;
  /** How long the venue may take to confirm the subscriptions of a new connection. */
  confirmTimeoutMs: number;
  logger: Logger;
}

type Subscription = { type: 'activeAssetCtx'; coin: string } | { type: 'userFills'; user: string };

const keyOf = ({ type, coin, user }: schemas.SubscriptionEcho): string =>
  `${type} ${coin ?? user?.toLowerCase()}`;

/**
 * Opens the stream. It is up once the venue has confirmed every subscription, so that what happens after `onUp` is
 * heard and only what happened before has to be asked for.
 */
export function openStream(options: StreamOptions, handlers: StreamHandlers): VenueStream {
  const { logger } = options;
  const wanted = new Map<string, Subscription>();
  const unconfirmed = new Set<string>();
  let state: 'connecting' | 'up' | 'down' = 'connecting';
  let open = false;
  let confirmTimer: NodeJS.Timeout | undefined;

  const socket = openReconnectingSocket(options.url, options.pace, { onOpen, onMessage: hear, onDown });

  function onOpen(): void {
    open = true;
    for (const [key, subscription] of wanted) request(key, subscription);
    confirmTimer = setTimeout(
      () => socket.restart('subscriptions stayed unconfirmed'),
      options.confirmTimeoutMs,
    );
    upIfConfirmed();
  }

  function request(key: string, subscription: Subscription): void {
    if (!open) return;
    unconfirmed.add(key);
    socket.send(JSON.stringify({ method: 'subscribe', subscription }));
  }

  function confirm(key: string): void {
    unconfirmed.delete(key);
    upIfConfirmed();
  }

  function upIfConfirmed(): void {
    if (!open || unconfirmed.size > 0) return;
    clearTimeout(confirmTimer);
    if (state === 'up') return;
    state = 'up';
    handlers.onUp();
  }

  function onDown(reason: string): void {
    open = false;
    unconfirmed.clear();
    clearTimeout(confirmTimer);
    if (state === 'down') return;
    state = 'down';
    logger.warn({ reason }, 'venue stream down');
    handlers.onDown(reason);
  }

  /** While prices are watched only they are a sign of life: a venue that answers pings may still be frozen. */
  function hear(text: string): boolean {
    const message = schemas.streamMessage.safeParse(parse(text));
    if (message.success) attend(message.data.channel, message.data.data);
    else socket.restart('unreadable message');
    return message.data?.channel === 'activeAssetCtx' || !watchesPrices();
  }

  const watchesPrices = (): boolean => [...wanted.values()].some(({ type }) => type === 'activeAssetCtx');

  function attend(channel: string, data: unknown): void {
    switch (channel) {
      case 'activeAssetCtx':
        return hearPrice(data);
      case 'userFills':
        return hearFills(data);
      case 'subscriptionResponse':
        return hearConfirmation(data);
      case 'error':
        return hearError(String(data));
      default:
        return undefined;
    }
  }

  function hearPrice(data: unknown): void {
    const message = schemas.priceMessage.safeParse(data);
    if (!message.success) return socket.restart('unreadable price');
    const { coin, ctx } = message.data;
    if (!wanted.has(keyOf({ type: 'activeAssetCtx', coin }))) return undefined;
    return handlers.onPrice({ symbol: coin, price: ctx.markPx, t: Date.now() });
  }

  /** The first message after subscribing repeats old fills; they go through too, since a gap may hide in them. */
  function hearFills(data: unknown): void {
    const message = schemas.fillsMessage.safeParse(data);
    if (!message.success) return socket.restart('unreadable fills');
    const user = asId<AccountId>(message.data.user.toLowerCase());
    if (!wanted.has(keyOf({ type: 'userFills', user }))) return undefined;
    const heard = fillsOf(user, message.data.fills);
    return heard.length > 0 ? handlers.onFills(user, heard) : undefined;
  }

  function hearConfirmation(data: unknown): void {
    const message = schemas.confirmationMessage.safeParse(data);
    if (message.success && message.data.method === 'subscribe') confirm(keyOf(message.data.subscription));
  }

  /** Texts end in the subscription they are about; one that is refused must not hold up the others. */
  function hearError(text: string): void {
    logger.warn({ text }, 'venue stream error');
    const echo = schemas.subscriptionEcho.safeParse(parse(text.slice(Math.max(0, text.indexOf('{')))));
    if (echo.success) confirm(keyOf(echo.data));
  }

  /** Makes the wanted subscriptions of one type exactly these. */
  function want(type: Subscription['type'], subscriptions: readonly Subscription[]): void {
    const keys = new Set(subscriptions.map(keyOf));
    for (const [key, subscription] of wanted) {
      if (subscription.type !== type || keys.has(key)) continue;
      wanted.delete(key);
      unconfirmed.delete(key);
      socket.send(JSON.stringify({ method: 'unsubscribe', subscription }));
    }
    for (const subscription of subscriptions) {
      const key = keyOf(subscription);
      if (wanted.has(key)) continue;
      wanted.set(key, subscription);
      request(key, subscription);
    }
  }

  return {
    watchPrices(symbols: readonly Symbol[]) {
      want(
        'activeAssetCtx',
        symbols.map((coin) => ({ type: 'activeAssetCtx', coin })),
      );
    },
    watchFills(accountIds: readonly AccountId[]) {
      const users = [...new Set(accountIds)];
      // Those followed already come first: a new account never pushes one out.
      const [known, fresh] = partition(users, (user) => wanted.has(keyOf({ type: 'userFills', user })));
      const taken = [...known, ...fresh].slice(0, MAX_ACCOUNTS);
      want(
        'userFills',
        taken.map((user) => ({ type: 'userFills', user })),
      );
      return users.filter((user) => !taken.includes(user));
    },
    async close() {
      clearTimeout(confirmTimer);
      open = false;
      await socket.close();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  const yes = items.filter(test);
  return [yes, items.filter((item) => !yes.includes(item))];
}
