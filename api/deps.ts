import type { Client } from '@temporalio/client';
import type { VenueName } from '#domain/ids.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import type { SealingKey } from '#process/sealed-text.ts';
import type { ClassifierConfig } from '#config/classifier.ts';
import type { SignInConfig } from '#config/sign-in.ts';
import type { Notifiers } from '#notifiers/notifier.ts';
import type { Sources } from '#sources/source.ts';
import type { MasterKey } from '#venues/keys/sealed-key.ts';
import type { Venue } from '#venues/venue.ts';
import type { Authenticator } from './plugins/auth.ts';
import type { BotName } from './telegram/bot-name.ts';
import type { WalletProvisioner } from './wallet-provisioner.ts';
import { ProblemError } from './problem.ts';

/** The parts that the API works with. Nothing in `api/` but `server.ts` reads the environment. */
export interface ApiDeps {
  db: Database;
  temporal: Client;
  venues: readonly Venue[];
  /** The first one seals new trading keys. */
  masterKeys: readonly [MasterKey, ...MasterKey[]];
  /** One for each kind of source. */
  sources: Sources;
  /** One for each kind of channel. */
  notifiers: Notifiers;
  /** The bot that writes to people; null for none. */
  telegramBot: BotName | null;
  /** Ways to sign in beside keys and sessions. */
  authenticators?: readonly Authenticator[];
  /** Who reads messages. */
  classifier: ClassifierConfig;
  /** The first one seals the secrets of sources and the addresses of channels. */
  sourceKeys: readonly SealingKey[];
  /** How people sign in with a wallet. */
  signIn: SignInConfig;
  logger: Logger;
  /** Epoch ms, by the clock that the workers judge by. */
  now: () => number;
  /** Makes funded wallets; only where the venue is a sandbox. */
  walletProvisioner?: WalletProvisioner;
  /** Requests a minute from one address; 3,000 when not given. */
  requestsPerMinute?: number;
}

/** Returns the venue of this name, or null when it is not configured. */
export const findVenue = (deps: Pick<ApiDeps, 'venues'>, name: VenueName): Venue | null =>
  deps.venues.find((venue) => venue.name === name) ?? null;

/** Returns the venue of this name. Throws `venue_not_configured`. */
export function getVenue(deps: Pick<ApiDeps, 'venues'>, name: VenueName): Venue {
  const venue = findVenue(deps, name);
  if (!venue) throw new ProblemError('venue_not_configured', `${name} is not configured.`);
  return venue;
}
