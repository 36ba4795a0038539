import { expect } from 'vitest';
import { amount, sum } from '#domain/money.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import { asId, type AccountId } from '#domain/ids.ts';
import { ostiumOptions } from './ostium.ts';
import type { TestDeployment, TradingBase } from './trading-system.ts';

/** Deposit of every test wallet, in USDC. */
const DEPOSIT = '10000';

/**
 * Expects of ended trades at Ostium: nothing open, one entry each, and the wallet's own USDC explained by the
 * database.
 */
export async function expectOstiumClean(
  { db }: Pick<TradingBase, 'db'>,
  sandbox: OstiumSandbox,
  { deploymentId, walletAddress }: TestDeployment,
  unbookedUsd = '0',
): Promise<void> {
  const venue = createOstiumVenue(ostiumOptions(sandbox));
  const account = await venue.accounts.account(asId<AccountId>(walletAddress.toLowerCase()));
  expect(account.positions).toEqual([]);
  const trades = await db.trade.findMany({ where: { deploymentId }, include: { fills: true, orders: true } });
  for (const trade of trades) {
    const entered = trade.fills.filter(({ side }) => (side === 'buy') === (trade.side === 'long'));
    const size = sum(entered.map((fill) => fill.size.toFixed()));
    expect(size.toFixed()).toBe(amount(trade.entrySize?.toFixed() ?? '0').toFixed());
    const live = trade.orders.filter(({ status }) => !['filled', 'canceled', 'rejected'].includes(status));
    expect(live).toEqual([]);
  }
  const net = sum(trades.map(({ netPnlUsd }) => netPnlUsd?.toFixed() ?? '0'));
  const change = amount(account.freeMarginUsd).sub(DEPOSIT);
  expect(change.toNumber()).toBeCloseTo(net.sub(unbookedUsd).toNumber(), 6);
  await venue.close();
}
