import type { AccountId, Symbol } from '#domain/ids.ts';
import type { StreamHandlers, VenueStream } from '../../venue.ts';
import type { Logger, SocketPace } from '../http/options.ts';
import { readMessage } from './read-message.ts';
import { openReconnectingSocket } from './reconnecting-socket.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

/** Accounts whose fills one address may follow. Source: official documentation, "rate limits". */
export const MAX_ACCOUNTS = 10;

export interface StreamOptions {
  /** `ws(s)` address. */
  url: string;
  pace: SocketPace;
  /** How long the venue may take to confirm the subscriptions of a new connection, in ms. */
  confirmTimeoutMs: number;
  logger: Logger;
}

/**
 * Opens the stream. It is up once the venue has confirmed every subscription, so that what happens after `onUp` is
 * heard and only what happened before has to be asked for.
 */
export function openStream(
  { url, pace, confirmTimeoutMs, logger }: StreamOptions,
  handlers: StreamHandlers,
): VenueStream {
  let state: 'connecting' | 'up' | 'down' = 'connecting';
  let confirmTimer: NodeJS.Timeout | undefined;
  const socket = openReconnectingSocket(url, pace, { onOpen, onMessage, onDown });
  const subscriptions = createSubscriptions((text) => socket.send(text));
  const reading = { handlers, subscriptions, logger, restart: (reason: string) => socket.restart(reason) };

  function onOpen(): void {
    subscriptions.opened();
    confirmTimer = setTimeout(() => socket.restart('subscriptions stayed unconfirmed'), confirmTimeoutMs);
    upIfConfirmed();
  }

  function upIfConfirmed(): void {
    if (!subscriptions.areConfirmed()) return;
    clearTimeout(confirmTimer);
    if (state === 'up') return;
    state = 'up';
    handlers.onUp();
  }

  function onDown(reason: string): void {
    subscriptions.lost();
    clearTimeout(confirmTimer);
    if (state === 'down') return;
    state = 'down';
    logger.warn({ reason }, 'venue stream down');
    handlers.onDown(reason);
  }

  /** While prices are watched only they are a sign of life: a venue that answers pings may still be frozen. */
  function onMessage(text: string): boolean {
    const channel = readMessage(reading, text);
    if (channel === 'subscriptionResponse' || channel === 'error') upIfConfirmed();
    return channel === 'activeAssetCtx' || !subscriptions.watchesPrices();
  }

  return {
    watchPrices: (symbols) => watchPrices(subscriptions, symbols),
    watchFills: (accountIds) => watchFills(subscriptions, accountIds),
    async close() {
      clearTimeout(confirmTimer);
      subscriptions.lost();
      await socket.close();
    },
  };
}

function watchPrices(subscriptions: Subscriptions, symbols: readonly Symbol[]): void {
  subscriptions.want(
    'activeAssetCtx',
    symbols.map((coin) => ({ type: 'activeAssetCtx', coin })),
  );
}

/** Follows the fills of accounts and returns those past the venue's limit. A new account pushes out none that is followed. */
function watchFills(subscriptions: Subscriptions, accountIds: readonly AccountId[]): AccountId[] {
  const users = [...new Set(accountIds)];
  const isFollowed = (user: AccountId): boolean => subscriptions.isWanted({ type: 'userFills', user });
  const inOrder = [...users.filter(isFollowed), ...users.filter((user) => !isFollowed(user))];
  const taken = inOrder.slice(0, MAX_ACCOUNTS);
  subscriptions.want(
    'userFills',
    taken.map((user) => ({ type: 'userFills', user })),
  );
  return users.filter((user) => !taken.includes(user));
}
