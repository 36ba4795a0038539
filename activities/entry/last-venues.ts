import type { AccountId, VenueName } from '#domain/ids.ts';

/** The venue at which a deployment traded last, and its account there. */
export interface LastVenue {
  venue: VenueName;
  accountId: AccountId;
}

/** Number of deployments that are remembered; all are forgotten when one more comes. */
const MAX_DEPLOYMENTS = 10_000;

/** Remembers the venue at which each deployment traded last, where it will likely trade next. */
export function createLastVenues() {
  const venues = new Map<string, LastVenue>();
  return {
    lastVenueOf: (deploymentId: string): LastVenue | null => venues.get(deploymentId) ?? null,
    remember(deploymentId: string, venue: VenueName, accountId: AccountId): void {
      if (venues.size >= MAX_DEPLOYMENTS) venues.clear();
      venues.set(deploymentId, { venue, accountId });
    },
  };
}
