import type { TradeId, VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { EXPOSED } from './phase-lists.ts';
import type { AccountAtVenue } from './own-parts.ts';

/** A trade that may hold a position or have orders at its venue. */
export interface ExposedTrade {
  tradeId: TradeId;
  venue: VenueName;
  symbol: string;
  signalId: string;
  deploymentId: string;
}

/** Returns the trades that may hold something at a venue, oldest first. */
export const listExposedTrades = (db: DatabaseOrTransaction): Promise<ExposedTrade[]> =>
  db.$queryRaw<ExposedTrade[]>`
    SELECT id AS "tradeId", venue::text, symbol, signal_id AS "signalId", deployment_id AS "deploymentId"
    FROM trade WHERE phase IN ${EXPOSED} AND venue IS NOT NULL ORDER BY id`;

/** Returns every account that a deployment trades for or has traded for with a key, at each venue. */
export const listTradedAccounts = (db: DatabaseOrTransaction): Promise<AccountAtVenue[]> =>
  db.$queryRaw<AccountAtVenue[]>`
    SELECT DISTINCT key.venue::text AS venue, deployment.wallet_address AS "accountId"
    FROM trading_key AS key JOIN agent_deployment AS deployment ON deployment.id = key.deployment_id
    WHERE key.active AND (deployment.status <> 'archived'
      OR EXISTS (SELECT FROM trade WHERE trade.deployment_id = deployment.id AND trade.phase IN ${EXPOSED}))
    ORDER BY 1, 2`;
