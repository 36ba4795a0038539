import {
  closeAccount,
  isEmpty,
  readHoldings,
  type AccountHoldings,
} from '#activities/flatten/close-account.ts';
import { asId, VENUES, type AccountId, type VenueName } from '#domain/ids.ts';
import { createLogger } from '#observability/logger.ts';
import { createVenues } from '#venues/create-venues.ts';
import type { TradingSigner, Venue } from '#venues/venue.ts';
import { CliError } from '../cli-error.ts';
import type { LocalSystem } from '../find-api.ts';
import type { FlattenReport } from './flatten.ts';
import { venueSettings } from './from-records.ts';

/** A whole account that is to be closed from the venue alone. */
export interface WholeAccount {
  /** The trading key of the account, or the wallet's own. */
  signer: TradingSigner;
  /** Address of the wallet that owns the funds. */
  accountId: string;
  /** Only at this venue. */
  venue: VenueName | undefined;
}

/** The venues at which an account is closed, with what it holds there. */
export interface FoundHoldings {
  venue: Venue;
  holdings: AccountHoldings;
}

/**
 * Opens the venues and reads what the account holds at each.
 *
 * @throws {CliError} when no venue is configured, and VenueError when one cannot be read.
 */
export async function findHoldings(
  system: LocalSystem,
  { accountId, venue: only }: WholeAccount,
): Promise<FoundHoldings[]> {
  const logger = createLogger({ level: 'fatal', name: 'flatten' });
  const venues = createVenues(venueSettings(system), logger).filter(
    ({ name }) => only === undefined || name === only,
  );
  if (venues.length === 0)
    throw new CliError(
      `no venue is configured${only === undefined ? '' : ` as ${only}`}: of ${VENUES.join(', ')}`,
    );
  return Promise.all(
    venues.map(async (venue) => ({ venue, holdings: await readHoldings(venue, asId<AccountId>(accountId)) })),
  );
}

/** Says what closing the account will do. */
export const describeHoldings = ({ accountId }: WholeAccount, found: readonly FoundHoldings[]): string[] => [
  `flatten from the venue alone: cancels EVERY order and closes EVERY position of ${accountId} at the market,`,
  "also the owner's own: without the records ours cannot be told from theirs. No brake is set: stop the workers,",
  'or they go on to enter trades.',
  ...found.flatMap(({ venue, holdings }) => linesOf(venue, holdings).map((line) => `  ${line}`)),
];

/** Tells a person what is being sent. */
function onStep(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Closes the account at each venue and says what is left. */
export async function flattenFromVenue(
  { signer, accountId }: WholeAccount,
  found: readonly FoundHoldings[],
  waitMs: number,
): Promise<FlattenReport> {
  const account = { accountId: asId<AccountId>(accountId), signer };
  const left = await Promise.all(
    found.map(({ venue }) =>
      closeAccount({ venue, account, waitMs, onStep }).then(
        (holdings) => (isEmpty(holdings) ? [] : linesOf(venue, holdings)),
        (error: unknown) => [
          `${venue.name}: could not be read: ${error instanceof Error ? error.message : String(error)}`,
        ],
      ),
    ),
  );
  return { isFlat: left.every((each) => each.length === 0), brakeId: null, left: left.flat(), stays: [] };
}

function linesOf({ name }: Venue, { positions, orders }: AccountHoldings): string[] {
  if (positions.length + orders.length === 0) return [`${name}: nothing is open`];
  return [
    ...positions.map(({ size, symbol }) => `${name}: position of ${size} ${symbol}`),
    ...orders.map(({ side, size, symbol }) => `${name}: order to ${side} ${size} ${symbol}`),
  ];
}
