import type { Account } from '../accounts/account.ts';
import type { Changes } from '../exchange/changes.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { INTERVAL_MS } from '../market/candles.ts';
import { accountMessage, flatFunding, marketMessage, ordersMessage } from './messages.ts';
import { bookTopics } from './subscriptions.ts';

/** Streams of one coin that carry its price and have no further parameter. */
const TICK_STREAMS = ['activeAssetCtx', 'bbo'];

/** Receiver of messages by topic. A message is only made if its topic has subscribers. */
export interface TopicSink {
  isHeard(topic: string): boolean;
  send(topic: string, message: () => object): void;
}

/** Sends what a commit changed in the markets: one message per tick and topic, and the trades of each coin. */
export function publishMarkets(exchange: Exchange, { ticks, prints }: Changes, sink: TopicSink): void {
  for (const { coin } of ticks) {
    for (const stream of TICK_STREAMS) publishMarket(exchange, `${stream}/${coin}`, sink);
    for (const topic of bookTopics(coin)) publishMarket(exchange, topic, sink);
    for (const interval of Object.keys(INTERVAL_MS))
      publishMarket(exchange, `candle/${coin}/${interval}`, sink);
  }
  for (const dex of new Set(ticks.map((market) => market.dex)))
    publishMarket(exchange, `allMids/${dex}`, sink);
  for (const coin of new Set(prints.map((print) => print.coin))) {
    const data = prints.filter((print) => print.coin === coin);
    sink.send(`trades/${coin}`, () => ({ channel: 'trades', data }));
  }
}

/** Sends the present state of a market topic. */
export function publishMarket(exchange: Exchange, topic: string, sink: TopicSink): void {
  if (!sink.isHeard(topic)) return;
  for (const message of marketMessage(exchange, topic)) sink.send(topic, () => message);
}

/** Sends every changed account its order updates, fills, events, funding, ledger entries and present state. */
export function publishAccounts(exchange: Exchange, changes: Changes, sink: TopicSink): void {
  const updatesOf = Map.groupBy(changes.updates, byAccount);
  const fillsOf = Map.groupBy(changes.fills, byAccount);
  const eventsOf = Map.groupBy(changes.events, byAccount);
  const fundingsOf = Map.groupBy(changes.fundings, byAccount);
  const ledgerOf = Map.groupBy(changes.ledger, byAccount);
  for (const account of changes.accounts) {
    const user = account.address;
    const updates = updatesOf.get(account) ?? [];
    publishUpdates(user, updates, sink);
    publishFills(user, fillsOf.get(account) ?? [], sink);
    for (const { event } of eventsOf.get(account) ?? []) publishEvent(user, event, sink);
    publishFundings(user, fundingsOf.get(account) ?? [], sink);
    publishLedger(user, ledgerOf.get(account) ?? [], sink);
    publishState(exchange, account, updates.length > 0, sink);
  }
}

function publishUpdates(user: string, updates: Changes['updates'], sink: TopicSink): void {
  if (updates.length === 0) return;
  const data = updates.map(({ update }) => update);
  sink.send(`orderUpdates/${user}`, () => ({ channel: 'orderUpdates', data }));
}

function publishFills(user: string, entries: Changes['fills'], sink: TopicSink): void {
  if (entries.length === 0) return;
  const fills = entries.map(({ fill }) => fill);
  sink.send(`userFills/${user}`, () => ({ channel: 'userFills', data: { user, fills } }));
  publishEvent(user, { fills }, sink);
}

function publishEvent(user: string, data: object, sink: TopicSink): void {
  sink.send(`userEvents/${user}`, () => ({ channel: 'user', data }));
}

function publishFundings(user: string, entries: Changes['fundings'], sink: TopicSink): void {
  for (const { funding } of entries) {
    const flat = flatFunding(funding);
    sink.send(`userFundings/${user}`, () => ({ channel: 'userFundings', data: { user, fundings: [flat] } }));
    publishEvent(user, { funding: flat }, sink);
  }
}

function publishLedger(user: string, entries: Changes['ledger'], sink: TopicSink): void {
  if (entries.length === 0) return;
  const nonFundingLedgerUpdates = entries.map(({ entry }) => entry);
  sink.send(`userNonFundingLedgerUpdates/${user}`, () => ({
    channel: 'userNonFundingLedgerUpdates',
    data: { user, nonFundingLedgerUpdates },
  }));
}

function publishState(exchange: Exchange, account: Account, ordersChanged: boolean, sink: TopicSink): void {
  for (const dex of exchange.dexes) {
    const key = `${account.address}/${dex}`;
    sink.send(`clearinghouseState/${key}`, () => accountMessage(exchange, account, dex));
    if (ordersChanged) sink.send(`openOrders/${key}`, () => ordersMessage(exchange, account, dex));
  }
}

function byAccount({ account }: { account: Account }): Account {
  return account;
}
