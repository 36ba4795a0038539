import type { VenueName } from '../ids.ts';
import { amount, type DecimalString } from '../money.ts';
import { refusal, type Refusal } from '../reasons.ts';
import { brakeAt, refuseBraked, type Brake } from './brake.ts';

/** What bounds an entry at a moment. Parts are left out where nothing does. */
export interface EntryBounds {
  /** Of every venue. */
  brakes?: readonly Brake[];
  room?: ExposureRoom;
  /** A limit of entries a minute that is reached. */
  rate?: EntryRate;
}

/** The least room that exposure limits leave, and the limit that leaves it. */
export interface ExposureRoom {
  code: 'exposure_reached' | 'instrument_exposure_reached';
  scope: LimitScope;
  limitUsd: DecimalString;
  heldUsd: DecimalString;
  leftUsd: DecimalString;
}

export interface EntryRate {
  scope: LimitScope;
  limit: number;
  /** When the next entry may follow, epoch ms. */
  until: number;
}

/** Whose entries a limit is for. */
type LimitScope = 'deployment' | 'system';

/** Returns why nothing may be opened at a venue, or with null at any; null when the bounds leave something. */
export function refuseByBounds({ brakes = [], rate }: EntryBounds, venue: VenueName | null): Refusal | null {
  const brake = brakeAt(brakes, venue);
  if (brake) return refuseBraked(brake);
  if (!rate) return null;
  const until = new Date(rate.until).toISOString();
  return refusal(
    'entry_rate_reached',
    `${rate.limit} a minute for ${WHOSE[rate.scope]}. It ends at ${until}.`,
  );
}

/** Returns why a trade of a value does not fit the exposure limits; null when it does. */
export const refuseByRoom = (room: ExposureRoom | undefined, notionalUsd: DecimalString): Refusal | null =>
  room && amount(notionalUsd).gt(room.leftUsd) ? refuseExposure(room) : null;

/** Returns the refusal of a limit of exposure that leaves too little. */
export const refuseExposure = ({
  code,
  scope,
  heldUsd,
  limitUsd,
}: ExposureRoom): Refusal<ExposureRoom['code']> =>
  refusal(code, `Open: ${heldUsd} of ${limitUsd} USD of ${WHOSE[scope]}. It ends when something is closed.`);

const WHOSE: Readonly<Record<LimitScope, string>> = {
  deployment: 'the deployment',
  system: 'all deployments together',
};
