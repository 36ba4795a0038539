import type { ApiClient } from '#api/client.ts';
import type { AccountStanding } from '#api/schemas/account.ts';
import type { Deployment } from '#api/schemas/deployment.ts';

/** Accounts asked at a time. */
const AT_ONCE = 8;

/** An account of a deployment at a venue: what it holds there, or why that is not known. */
export interface FleetAccount {
  deployment: Deployment;
  venue: string;
  standing: AccountStanding | null;
  error: string | null;
}

/** Asks the venues for every account of the deployments, each account once. */
export async function readFleet(api: ApiClient, deployments: readonly Deployment[]): Promise<FleetAccount[]> {
  const accounts = [
    ...new Map(
      deployments.flatMap((deployment) =>
        deployment.tradingKeys
          .filter(({ active }) => active)
          .map(({ venue }) => [`${venue}/${deployment.walletAddress}`, { deployment, venue }] as const),
      ),
    ).values(),
  ];
  const found: FleetAccount[] = [];
  for (let from = 0; from < accounts.length; from += AT_ONCE) {
    const batch = accounts.slice(from, from + AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop -- so many at a time
    found.push(...(await Promise.all(batch.map((account) => readOne(api, account)))));
  }
  return found;
}

async function readOne(
  api: ApiClient,
  { deployment, venue }: Pick<FleetAccount, 'deployment' | 'venue'>,
): Promise<FleetAccount> {
  try {
    const standing = await api.get<AccountStanding>(`/accounts/${deployment.id}/standing`, { venue });
    return { deployment, venue, standing, error: null };
  } catch (error) {
    return {
      deployment,
      venue,
      standing: null,
      error: error instanceof Error ? error.message : String(error),
    };
  }
}
