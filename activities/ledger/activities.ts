import type { BillingActivities, LedgerActivities } from '../contract.ts';
import type { TradingDeps } from '../deps.ts';
import { billTrade } from './bill-trade.ts';
import { settleTrade } from './settle-trade.ts';
import { tellTrouble } from './tell-trouble.ts';

/** Returns the activities that follow the end of a position: its profit and its bills. */
export function createLedgerActivities(deps: TradingDeps): LedgerActivities & BillingActivities {
  return {
    settleTrade: (input) => tellTrouble(deps, input, 'settlement', () => settleTrade(deps, input)),
    billTrade: (input) => billTrade(deps.db, input),
  };
}
