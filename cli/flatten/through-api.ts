import { setTimeout as delay } from 'node:timers/promises';
import type { AccountStanding } from '#activities/flatten/account-standing.ts';
import type { ApiClient } from '#api/client.ts';
import type { Brake } from '#api/schemas/brake.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import type { CloseAllAnswer, Trade } from '#api/schemas/trade.ts';
import { shortId } from '#terminal/output.ts';
import { MAX_ROWS } from '../context.ts';
import type { FlattenedAccount, FlattenMeans } from './flatten.ts';

const LOOK_EVERY_MS = 500;
const EXPOSED = 'routing,opening,open,closing';

/** Flattens through a running API: workers close, as they always do. */
export function flattenThroughApi(api: ApiClient, reason: string): FlattenMeans {
  const openTrades = (): Promise<Trade[]> => api.list<Trade>('/trades', MAX_ROWS, { phase: EXPOSED });
  return {
    async accounts() {
      return accountsOf(await api.list<Deployment>('/deployments', MAX_ROWS));
    },
    standing: ({ deploymentId, venue }) =>
      api.get<AccountStanding>(`/accounts/${deploymentId}/standing`, { venue }),
    openTrades: async () => (await openTrades()).map(describeTrade),
    async brake() {
      const inForce = await api.list<Brake>('/brakes', MAX_ROWS, { inForce: 'true' });
      const held = inForce.find(({ scope, until }) => scope === 'system' && until === null);
      return (held ?? (await api.post<Brake>('/brakes', { reason }))).id;
    },
    async closeAll(waitMs) {
      const until = performance.now() + waitMs;
      for (;;) {
        const { trades } = await api.post<CloseAllAnswer>('/trades/close-all', { note: reason });
        const left = await awaitEnd(openTrades, until);
        if (left.length === 0) return [];
        const refused = trades.filter(({ problem }) => problem !== null);
        if (refused.length === 0 || performance.now() > until)
          return left.map((trade) => `${describeTrade(trade)}: not closed in time`);
      }
    },
  };
}

/** Waits until no trade may hold anything, at most until then. Returns those that still may. */
async function awaitEnd(openTrades: () => Promise<Trade[]>, until: number): Promise<Trade[]> {
  for (;;) {
    const left = await openTrades();
    if (left.length === 0 || performance.now() + LOOK_EVERY_MS > until) return left;
    await delay(LOOK_EVERY_MS);
  }
}

/** Returns each account that deployments trade for, once. */
function accountsOf(deployments: readonly Deployment[]): FlattenedAccount[] {
  const accounts = deployments.flatMap(({ id, walletAddress, tradingKeys }) =>
    tradingKeys
      .filter(({ active }) => active)
      .map(({ venue }) => ({ venue, accountId: walletAddress, deploymentId: id })),
  );
  return [...new Map(accounts.map((each) => [`${each.venue}/${each.accountId}`, each])).values()];
}

const describeTrade = ({ id, symbol, side, venue, phase, remainingSize }: Trade): string =>
  `trade ${shortId(id)}: ${side} ${remainingSize ?? ''} ${symbol} at ${venue ?? 'no venue yet'} (${phase})`;
