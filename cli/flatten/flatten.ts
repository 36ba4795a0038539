import { setTimeout as delay } from 'node:timers/promises';
import type { AccountStanding } from '#activities/flatten/account-standing.ts';
import { ownersOwn, whatIsLeft } from '#activities/flatten/is-flat.ts';
import type { VenueName } from '#domain/ids.ts';

const LOOK_EVERY_MS = 500;

/** An account that is to be flat of our trades. */
export interface FlattenedAccount {
  venue: VenueName;
  accountId: string;
  /** A deployment that trades for it. */
  deploymentId: string;
}

/** The means by which a flatten works: through the API, or straight from the records and keys. */
export interface FlattenMeans {
  accounts(): Promise<FlattenedAccount[]>;
  /** Reads one account at its venue. Throws when the venue cannot be read. */
  standing(account: FlattenedAccount): Promise<AccountStanding>;
  /** Returns the trades that may hold something at a venue, in one line each. */
  openTrades(): Promise<string[]>;
  /** Stops all entries, unless they are stopped already. Returns the id of the brake. */
  brake(): Promise<string>;
  /** Has every trade closed, and waits at most `waitMs`. Returns a line for each that could not be closed. */
  closeAll(waitMs: number): Promise<string[]>;
}

/** How a flatten ended. */
export interface FlattenReport {
  /** True when every account was read and holds nothing of ours. */
  isFlat: boolean;
  brakeId: string | null;
  /** What keeps it from being flat, one line each. */
  left: string[];
  /** What is the owners' own, and stays. */
  stays: string[];
}

/** Says what a flatten will do. */
export async function describeFlatten(means: FlattenMeans, waitMs: number): Promise<string[]> {
  const [accounts, trades] = await Promise.all([means.accounts(), means.openTrades()]);
  return [
    'flatten: stops every entry by a brake that a person releases, withdraws entries under way, closes',
    `every position of ours at the market, cancels its stop and targets, and asks the venues (within ${waitMs / 1000} s).`,
    "The owners' own positions and orders stay.",
    `${trades.length} trades to close, ${accounts.length} accounts to look at`,
    ...trades.map((trade) => `  ${trade}`),
  ];
}

/** Stops entries, closes everything of ours and asks the venues whether it is gone. Safe to run again. */
export async function flatten(means: FlattenMeans, waitMs: number): Promise<FlattenReport> {
  const until = performance.now() + waitMs;
  const accounts = await means.accounts();
  const before = await Promise.all(accounts.map((account) => means.standing(account).catch(() => null)));
  const brakeId = await means.brake();
  const problems = await means.closeAll(waitMs);
  for (;;) {
    const found = await Promise.all(
      accounts.map((account, index) => look(means, account, before[index] ?? null)),
    );
    const left = [...problems, ...found.flatMap((each) => each.left)];
    const isOver = left.length === 0 || performance.now() + LOOK_EVERY_MS > until;
    if (isOver)
      return { isFlat: left.length === 0, brakeId, left, stays: found.flatMap(({ stays }) => stays) };
    await delay(LOOK_EVERY_MS);
  }
}

async function look(
  means: FlattenMeans,
  account: FlattenedAccount,
  before: AccountStanding | null,
): Promise<Pick<FlattenReport, 'left' | 'stays'>> {
  try {
    const after = await means.standing(account);
    return { left: whatIsLeft(before, after), stays: ownersOwn(after) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { left: [`${account.venue} ${account.accountId}: could not be read: ${why}`], stays: [] };
  }
}
