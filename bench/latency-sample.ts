import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '#api/client.ts';
import type { Barriers } from '#domain/barriers.ts';
import { direction } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { type LoggedRequest } from '#sandbox/hyperliquid/actions/order-log.ts';
import type { BareOrder, BareTrader } from './bare-trader.ts';
import type { BareWorkflow } from './bare-workflow.ts';
import type { SandboxControl } from './sandbox-control.ts';
import type { Call } from './setup.ts';
import { until } from './until.ts';
import { preciseNow } from '#sandbox/precise-now.ts';

/** Measurements of one trade, in ms. */
export interface Sample {
  /** SDK called -> entry order received; -> answered. */
  bareEntry: number;
  bareEntryRoundTrip: number;
  /** Start of a workflow that does nothing else called -> its order received. */
  bareDurable: number;
  /** POST /signals sent -> entry order received. */
  postedToEntry: number;
  /** Signal stored -> entry order received. */
  acceptedToEntry: number;
  /** Price applied at the venue -> closing order of the bare SDK received, sent from its own price stream. */
  bareClose: number;
  /** The crossing price -> our closing order received. */
  crossingToClose: number;
}

export interface Setup {
  api: ApiClient;
  db: Database;
  sandbox: SandboxControl;
  bare: BareTrader;
  workflow: BareWorkflow;
  /** Price of each coin between samples. */
  prices: Readonly<Record<string, string>>;
}

/** The parts of a setup that a close at a price needs. */
export type PricedSetup = Omit<Setup, 'workflow'>;

/**
 * The stop rests 1 % away, and the trail of 1 % follows what the price gains. A gain of 0.3 % is too little to move
 * the resident stop, so a price that comes back by 0.85 % of the entry is past the trail and not yet at the stop:
 * the watcher has to close.
 */
const BARRIERS: Barriers = { stopLoss: { pct: 1 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] };
const GAIN_PCT = 0.3;
const CROSSING_PCT = -0.85;
const FIGURES = 5;

const STEP_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
/** Arrivals at random moments: in lock-step with anything periodic the same phase would be measured again and again. */
const PAUSE_MS = { least: 40, most: 160 };

/** Makes one call and sees it through, the bare SDK doing the same beside it. */
export async function takeSample(setup: Setup, call: Call): Promise<Sample> {
  const { db, sandbox, bare, workflow } = setup;
  const startedAt = preciseNow();
  const { signalId } = await setup.api.post<{ signalId: string }>('/signals', {
    agentId: call.agentId,
    instrument: call.coin,
    side: call.side,
    barriers: BARRIERS,
  });
  await pause();
  await armed(db, signalId);
  const entry = await orderOf(sandbox, call, startedAt, false);
  await pause();
  const bareEntry = await bare.repeat(entry.request);
  await pause();
  const durable = await workflow.repeat(entry.request);
  await pause();
  const closing = await cross(setup, call, entry);
  await closed(db, signalId);
  await sandbox.setPrice(call.coin, priceAt(setup, call, 0));
  await pause();
  const { createdAt } = await db.signal.findUniqueOrThrow({ where: { id: signalId } });
  const bareReceivedAt = await receivedAt(sandbox, bareEntry);
  return {
    bareEntry: bareReceivedAt - bareEntry.calledAt,
    bareEntryRoundTrip: bareEntry.answeredAt - bareEntry.calledAt,
    postedToEntry: entry.receivedAt - startedAt,
    bareDurable: (await receivedAt(sandbox, durable)) - durable.calledAt,
    acceptedToEntry: entry.receivedAt - createdAt.getTime(),
    ...closing,
  };
}

/** Opens a trade, and has the bare SDK close it beside us on the same print. */
export async function takeCrossing(
  setup: PricedSetup,
  call: Call,
): Promise<Pick<Sample, 'bareClose' | 'crossingToClose'>> {
  const { signalId, entry } = await openTrade(setup, call);
  await setup.bare.repeat(entry.request);
  await pause();
  const closing = await cross(setup, call, entry);
  await closed(setup.db, signalId);
  await setup.sandbox.setPrice(call.coin, priceAt(setup, call, 0));
  await pause();
  return closing;
}

/** Opens a trade and raises its price until a fall fires its trail; returns a function that lets it fall once. */
export async function openAtTrail(setup: PricedSetup, call: Call) {
  const { signalId } = await openTrade(setup, call);
  await setup.sandbox.setPrice(call.coin, priceAt(setup, call, GAIN_PCT));
  return {
    signalId,
    fall: () => setup.sandbox.setPrice(call.coin, priceAt(setup, call, CROSSING_PCT)),
    closingOrder: (sinceMs: number) => orderOf(setup.sandbox, call, sinceMs, true),
    /** Waits for its end and puts the price back. */
    async over() {
      await closed(setup.db, signalId);
      await setup.sandbox.setPrice(call.coin, priceAt(setup, call, 0));
    },
  };
}

async function openTrade(
  setup: PricedSetup,
  call: Call,
): Promise<{ signalId: string; entry: LoggedRequest }> {
  const startedAt = preciseNow();
  const { signalId } = await setup.api.post<{ signalId: string }>('/signals', {
    agentId: call.agentId,
    instrument: call.coin,
    side: call.side,
    barriers: BARRIERS,
  });
  await armed(setup.db, signalId);
  return { signalId, entry: await orderOf(setup.sandbox, call, startedAt, false) };
}

/** Lets the price gain, then brings it back through the trail: both sides close on the same print. */
async function cross(
  setup: PricedSetup,
  call: Call,
  entry: LoggedRequest,
): Promise<Pick<Sample, 'bareClose' | 'crossingToClose'>> {
  const { sandbox, bare } = setup;
  await sandbox.setPrice(call.coin, priceAt(setup, call, GAIN_PCT));
  await pause();
  const level = priceAt(setup, call, CROSSING_PCT);
  const [fromSide, past] = call.side === 'long' ? (['below', 1.0001] as const) : (['above', 0.9999] as const);
  const closing = bare.repeatWhen(call.coin, fromSide, Number(level) * past, closingAction(entry));
  const appliedAt = await sandbox.setPrice(call.coin, level);
  const [bareClose, ours] = await Promise.all([
    closing.then((order) => receivedAt(sandbox, order)),
    orderOf(sandbox, call, appliedAt, true),
  ]);
  return { bareClose: bareClose - appliedAt, crossingToClose: ours.receivedAt - appliedAt };
}

/** A reduce-only order that closes what the entry opened, as far from the price as the entry's own stop may fill. */
function closingAction({ request }: LoggedRequest): Record<string, unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sandbox took it as an order action
  const [entry, stop] = request['orders'] as Record<string, unknown>[];
  return {
    orders: [{ ...entry, b: stop?.['b'], p: stop?.['p'], r: true, t: { limit: { tif: 'Ioc' } } }],
    grouping: 'na',
  };
}

function priceAt({ prices }: Pick<Setup, 'prices'>, { coin, side }: Call, gainPct: number): string {
  const price = Number(prices[coin]) * (1 + (direction(side) * gainPct) / 100);
  return String(Number(price.toPrecision(FIGURES)));
}

const armed = (db: Database, signalId: string): Promise<object> =>
  until(`the watch of signal ${signalId}`, STEP_TIMEOUT_MS, POLL_MS, () =>
    db.watch.findFirst({ where: { trade: { signalId }, status: 'armed' } }),
  );

const closed = (db: Database, signalId: string): Promise<object> =>
  until(`the end of the trade of signal ${signalId}`, STEP_TIMEOUT_MS, POLL_MS, () =>
    db.trade.findFirst({ where: { signalId, phase: 'closed', billingEvents: { some: {} } } }),
  );

const orderOf = (
  sandbox: SandboxControl,
  { accountId, coin }: Call,
  sinceMs: number,
  reduceOnly: boolean,
): Promise<LoggedRequest> =>
  until(`an order of ${accountId} in ${coin}`, STEP_TIMEOUT_MS, POLL_MS, async () =>
    (await sandbox.orders(sinceMs)).find(({ user, request }) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sandbox took it as an order action
      const [first] = request['orders'] as { r: boolean }[];
      return user === accountId && first?.r === reduceOnly;
    }),
  );

async function receivedAt(sandbox: SandboxControl, { clientOrderId, calledAt }: BareOrder): Promise<number> {
  const requests = await sandbox.orders(calledAt - 1_000);
  const found = requests.find(({ cloids }) => cloids.includes(clientOrderId));
  if (!found) throw new Error('the sandbox has no record of the bare order');
  return found.receivedAt;
}

const pause = (): Promise<void> => delay(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
