import type { Account, Position } from '../accounts/account.ts';
import { toUsd, toWire } from '../wire/amounts.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { WireFunding } from '../wire/rows.ts';

const HISTORY_LIMIT = 5_000;

/**
 * Pays one hour of funding on every open position: size x oracle price x rate. Longs pay a positive rate, shorts
 * receive it. Every payment of a coin has a time of its own, because clients identify payments by coin and time.
 */
export function payFunding(exchange: Exchange, nowMs: number): void {
  for (const market of exchange.markets) {
    const time = Math.max(nowMs, (market.fundingHistory.at(-1)?.time ?? 0) + 1);
    market.fundingHistory.push({
      coin: market.coin,
      fundingRate: market.fundingRate.toFixed(),
      premium: '0.0',
      time,
    });
    exchange.changes.markets.add(market);
    if (market.fundingHistory.length > HISTORY_LIMIT) market.fundingHistory.shift();
    for (const account of market.holders) payOne(exchange, market, account, time);
  }
  exchange.commit();
}

function payOne(exchange: Exchange, market: TradedMarket, account: Account, nowMs: number): void {
  const position = account.positions.get(market.asset)!;
  const usdc = toUsd(position.szi.mul(market.oracle).mul(market.fundingRate)).neg();
  credit(account, position, usdc);
  const funding: WireFunding = {
    time: nowMs,
    hash: exchange.newHash(),
    delta: {
      type: 'funding',
      coin: market.coin,
      usdc: toWire(usdc),
      szi: toWire(position.szi),
      fundingRate: market.fundingRate.toFixed(),
      nSamples: null,
    },
  };
  account.fundings.push(funding);
  exchange.changes.fundings.push({ account, funding });
  exchange.touch(account);
}

function credit(account: Account, position: Position, usdc: ReturnType<typeof toUsd>): void {
  account.funding = account.funding.add(usdc);
  if (position.margin === null) account.cash = account.cash.add(usdc);
  else position.margin = position.margin.add(usdc);
  // The venue shows paid funding as positive and received funding as negative.
  position.fundingAllTime = position.fundingAllTime.sub(usdc);
  position.fundingSinceOpen = position.fundingSinceOpen.sub(usdc);
  position.fundingSinceChange = position.fundingSinceChange.sub(usdc);
}
