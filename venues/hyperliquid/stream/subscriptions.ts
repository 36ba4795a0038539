import type { SubscriptionEcho } from '../http/schemas.ts';

export type Subscription = { type: 'activeAssetCtx'; coin: string } | { type: 'userFills'; user: string };

/** The subscriptions of a stream: all that are wanted, and which of them the venue has yet to confirm. */
export interface Subscriptions {
  isWanted(subscription: SubscriptionEcho): boolean;
  /** Returns whether any prices are wanted. */
  watchesPrices(): boolean;
  /** Returns whether the line is open and the venue has confirmed every subscription. */
  areConfirmed(): boolean;
  /** Makes the wanted subscriptions of one type exactly these, and tells the venue of the changes. */
  want(type: Subscription['type'], subscriptions: readonly Subscription[]): void;
  /** Notes that the venue has confirmed a subscription, or refused it: it keeps the others waiting no more. */
  confirm(subscription: SubscriptionEcho): void;
  /** Asks for all that is wanted on a new line. */
  opened(): void;
  /** Forgets what a lost line had still to confirm. */
  lost(): void;
}

/** Creates the subscriptions of a stream, whose messages `send` takes to the venue while the line is open. */
export function createSubscriptions(send: (text: string) => void): Subscriptions {
  const wanted = new Map<string, Subscription>();
  const unconfirmed = new Set<string>();
  let isOpen = false;

  function subscribe(key: string, subscription: Subscription): void {
    if (!isOpen) return;
    unconfirmed.add(key);
    send(JSON.stringify({ method: 'subscribe', subscription }));
  }

  function unsubscribe(key: string, subscription: Subscription): void {
    wanted.delete(key);
    unconfirmed.delete(key);
    send(JSON.stringify({ method: 'unsubscribe', subscription }));
  }

  return {
    isWanted: (subscription) => wanted.has(keyOf(subscription)),
    watchesPrices: () => [...wanted.values()].some(({ type }) => type === 'activeAssetCtx'),
    areConfirmed: () => isOpen && unconfirmed.size === 0,
    want(type, subscriptions) {
      const keys = new Set(subscriptions.map(keyOf));
      for (const [key, subscription] of wanted)
        if (subscription.type === type && !keys.has(key)) unsubscribe(key, subscription);
      for (const subscription of subscriptions) {
        const key = keyOf(subscription);
        if (wanted.has(key)) continue;
        wanted.set(key, subscription);
        subscribe(key, subscription);
      }
    },
    confirm: (subscription) => void unconfirmed.delete(keyOf(subscription)),
    opened() {
      isOpen = true;
      for (const [key, subscription] of wanted) subscribe(key, subscription);
    },
    lost() {
      isOpen = false;
      unconfirmed.clear();
    },
  };
}

const keyOf = ({ type, coin, user }: SubscriptionEcho): string => `${type} ${coin ?? user?.toLowerCase()}`;
