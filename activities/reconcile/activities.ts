import { setTimeout as delay } from 'node:timers/promises';
import { findDifferences, standing, type Difference } from '#domain/reconcile.ts';
import {
  listAccountsToCheck,
  saveAccountCheck,
  type CheckedAccount,
} from '#prisma/repositories/account-checks.ts';
import { findTrades, listLiveTrades } from '#prisma/repositories/trades.ts';
import type { Venue } from '#venues/venue.ts';
import { brakeByOpenLosses } from '../ledger/brake-by-results.ts';
import { bookFills, tradesOf } from '../ledger/book-fills.ts';
import type { ReconcileActivities } from '../contract.ts';
import { venueOf } from '../deps.ts';
import { FILLS_LOOKBACK_MS } from './adopt.ts';
import { correct } from './correct.ts';
import type { ReconcileDeps } from './correction.ts';
import { correctLateSettlements } from './late-settlements.ts';
import { lookAt } from './look.ts';
import { destroyLeft } from '../trading-keys/destroy-left.ts';
import { keepKeys } from '../trading-keys/keep-keys.ts';

/** Interval at which resting orders and fills are read; positions and stops are read at every check. */
const FULL_EVERY_MS = 10 * 60_000;
/** Time between two readings, in which orders and answers on their way arrive. */
const SECOND_LOOK_MS = 2_000;
/** Venues at which the address of a key may hold ETH, which is sent back before the key is destroyed. */
const HOLD_GAS = ['ostium'] as const;
/** How far before the last full check fills are read again. */
const FILLS_OVERLAP_MS = 10 * 60_000;

/** Returns the activities that compare accounts with their venues. */
export function createReconcileActivities(deps: ReconcileDeps): ReconcileActivities {
  return {
    async listAccountsToReconcile({ limit, deploymentId = null }) {
      await destroyLeft(deps, { kept: HOLD_GAS }).catch((err: unknown) =>
        deps.logger.error({ err }, 'keys of deployments that were left could not be destroyed yet'),
      );
      const accounts = await listAccountsToCheck(deps.db, { limit, deploymentId });
      return accounts.filter(({ venue }) => deps.venues.has(venue));
    },
    reconcileAccount: ({ account, full }) => reconcileAccount(deps, account, full),
  };
}

async function reconcileAccount(
  deps: ReconcileDeps,
  account: CheckedAccount,
  asked: boolean,
): Promise<{ corrections: number }> {
  const at = deps.now();
  const full = asked || account.fullAt === null || at - account.fullAt >= FULL_EVERY_MS;
  let corrections = 0;
  try {
    const venue = venueOf(deps, account.venue);
    await keepKeys(deps, account);
    await brakeByOpenLosses(deps, account.accountId);
    if (full) {
      await bookMissingFills(deps, venue, account);
      await ensureLifecycles(deps, account);
    }
    corrections += await correctLateSettlements(deps, venue, account, { full });
    const differences = await findStanding(deps, venue, account, full);
    const results = await correctAll(deps, venue, account, differences);
    corrections += results.filter((result) => result === true).length;
    const failed = results.find((result) => result instanceof Error);
    if (failed) throw failed;
    await saveAccountCheck(deps.db, account, { at, full, corrections, error: null });
    return { corrections };
  } catch (error) {
    await saveAccountCheck(deps.db, account, { at, full, corrections, error: String(error) });
    throw error;
  }
}

/** Corrects differences one after the other; one that fails does not hold up the next. */
async function correctAll(
  deps: ReconcileDeps,
  venue: Venue,
  account: CheckedAccount,
  differences: readonly Difference[],
): Promise<(boolean | Error)[]> {
  const results: (boolean | Error)[] = [];
  for (const difference of differences) {
    const result = correct(deps, venue, account, difference);
    results.push(
      await result.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
    );
  }
  return results;
}

/** Returns the differences that two readings have in common. */
async function findStanding(
  deps: ReconcileDeps,
  venue: Venue,
  account: CheckedAccount,
  full: boolean,
): Promise<Difference[]> {
  const first = findDifferences(await lookAt(deps, venue, account, { full }));
  const ours = first.filter((difference) => isOurs(venue, difference));
  if (ours.length === 0) return [];
  await delay(SECOND_LOOK_MS);
  return standing(ours, findDifferences(await lookAt(deps, venue, account, { full })));
}

/** Returns whether a difference counts at a venue: one that holds no stops cannot miss one. */
const isOurs = ({ capabilities }: Venue, { kind }: Difference): boolean =>
  kind !== 'stop_gone' || capabilities.residentStop;

/** Books fills that no stream and no trade reported; at the first check, those of the last 30 days. */
async function bookMissingFills(deps: ReconcileDeps, venue: Venue, account: CheckedAccount): Promise<void> {
  const { accountId, fullAt } = account;
  const earliest = deps.now() - FILLS_LOOKBACK_MS;
  const since = fullAt === null ? earliest : Math.max(earliest, fullAt - FILLS_OVERLAP_MS);
  const fills = await venue.accounts.fillsSince(accountId, since);
  const booked = await bookFills(deps.db, venue.name, accountId, fills);
  const trades = await findTrades(deps.db, tradesOf(booked));
  await Promise.all(trades.map((trade) => deps.messenger.fillsBooked(trade)));
}

/**
 * Starts the workflow of each live trade that has none, because it was terminated, its history cannot be replayed, or
 * its Temporal server was lost.
 */
async function ensureLifecycles(deps: ReconcileDeps, account: CheckedAccount): Promise<void> {
  for (const trade of await listLiveTrades(deps.db, account.venue, account.accountId)) {
    if (await deps.lifecycles.ensure(trade))
      deps.logger.warn({ tradeId: trade.id }, 'the lifecycle of a live trade had ended; started it again');
    // The process that claimed the exit may have died before it reported that. A second report does no harm.
    if (trade.phase === 'closing')
      await deps.messenger.exitStarted(trade, trade.exitReason ?? 'closed_at_venue');
  }
}
