import { Worker } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import { asId, type AccountId } from '#domain/ids.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { FILLS_WEIGHT } from '#venues/hyperliquid/accounts/weights.ts';
import { VENUE_WEIGHT_PER_MINUTE } from '#venues/hyperliquid/http/options.ts';
import { BURST_SHARE } from '#venues/hyperliquid/http/rate-limiter.ts';
import { MAX_ACCOUNTS } from '#venues/hyperliquid/stream/open-stream.ts';
import { orderRequest, randomSigner, tradingAccount } from '#venues/hyperliquid/testing.ts';
import { VenueError, type Venue } from '#venues/venue.ts';
import { connectSandbox } from './sandbox-control.ts';
import { distributionOf } from './statistics.ts';

export interface Watched {
  /** How the number of accounts is come to, line by line. */
  arithmetic: string[];
  accounts: number;
  seconds: number;
  reads: number;
  refused: number;
  longestGapMs: number;
  exits: [string, string, string];
}

/** How often an account that is not streamed is asked for its fills. */
const EVERY_MS = 60_000;
/** One closing order per interval is sent at the same time; each weighs 1. */
const EXIT_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

/**
 * Polls as many accounts as the arithmetic allows at the venue's published limits, enforced by the sandbox, while
 * closing orders go out, and says what came of it.
 */
export async function watchedWithinBudget(durationMs: number): Promise<Watched> {
  const lasting = VENUE_WEIGHT_PER_MINUTE * (1 - BURST_SHARE);
  const commands = MINUTE_MS / EXIT_EVERY_MS;
  const looks = Math.floor((lasting - commands) / FILLS_WEIGHT);
  const polled = Math.floor((looks * EVERY_MS) / MINUTE_MS);
  const found = await demonstrate(polled, durationMs);
  return {
    arithmetic: [
      `budget per IP and minute ${VENUE_WEIGHT_PER_MINUTE}, of which ${BURST_SHARE * 100} % only for bursts: ${lasting} last`,
      `less a command a second at weight 1: ${lasting - commands}`,
      `a look at an account's fills weighs ${FILLS_WEIGHT}: ${looks} looks a minute`,
      `a look per account each ${EVERY_MS / 1_000} s: ${polled} polled, ${MAX_ACCOUNTS} streamed at no weight: ${polled + MAX_ACCOUNTS} in all`,
    ],
    accounts: polled,
    ...found,
  };
}

type Found = Omit<Watched, 'arithmetic' | 'accounts'>;

async function demonstrate(count: number, durationMs: number): Promise<Found> {
  const thread = new Worker(new URL('venue-sandbox.ts', import.meta.url), {
    workerData: { enforceLimits: true },
  });
  const url = await new Promise<string>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  const venue = createHyperliquidVenue({ url, network: 'testnet' });
  const owner = randomSigner();
  await connectSandbox(url).fund(owner.address, 10_000);
  try {
    const end = performance.now() + durationMs;
    const [polls, exits] = await Promise.all([
      poll(venue, count, end),
      sendExits(venue, tradingAccount(owner, owner), end),
    ]);
    return { ...polls, exits, seconds: durationMs / 1_000 };
  } finally {
    await venue.close();
    await thread.terminate();
  }
}

/** Reads accounts one after the other, each after the answer of the one before; a read beyond the budget waits. */
async function poll(
  venue: Venue,
  count: number,
  end: number,
): Promise<Pick<Found, 'reads' | 'refused' | 'longestGapMs'>> {
  const accounts = Array.from({ length: count }, () => asId<AccountId>(randomSigner().address));
  const seenAt = new Map<AccountId, number>();
  const startedAt = performance.now();
  let [reads, refused, longestGapMs] = [0, 0, 0];
  for (let turn = 0; performance.now() < end; turn += 1) {
    const account = accounts[turn % count];
    if (account === undefined) break;
    const isRead = await venue.accounts.fillsSince(account, Date.now()).then(
      () => true,
      (error: unknown) => !isRefusal(error),
    );
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - (seenAt.get(account) ?? startedAt));
    seenAt.set(account, now);
    if (isRead) reads += 1;
    else refused += 1;
  }
  return { reads, refused, longestGapMs };
}

const isRefusal = (error: unknown): boolean => error instanceof VenueError && error.code === 'rate_limited';

/** A closing order each second; without a position the venue refuses it, which costs the same. */
async function sendExits(
  venue: Venue,
  account: ReturnType<typeof tradingAccount>,
  end: number,
): Promise<Found['exits']> {
  const times: number[] = [];
  let sent = 0;
  for (let nonce = Date.now(); performance.now() < end; nonce += 1) {
    const startedAt = performance.now();
    const order = orderRequest({ side: 'sell', price: '90000', reduceOnly: true });
    const { kind } = await venue.execution.place(account, [order], 'single', { nonce });
    sent += 1;
    if (kind === 'confirmed') times.push(performance.now() - startedAt);
    await delay(EXIT_EVERY_MS);
  }
  const { p50, p99 } = distributionOf(times);
  return [`${times.length} of ${sent}`, p50.toFixed(1), p99.toFixed(1)];
}
