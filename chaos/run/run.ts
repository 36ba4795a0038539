import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { judge } from '../judge/judge.ts';
import type { RunRecord, Stretch } from '../judge/record.ts';
import type { Verdict } from '../judge/verdict.ts';
import { readFunding } from '../log/funding.ts';
import { hyperliquidEvents, ordersByClientId } from '../log/hyperliquid.ts';
import { ostiumEvents } from '../log/ostium.ts';
import { makePlan, type Disturbance, type Plan, type PlannedTrade } from '../plan.ts';
import { readBooks } from './books.ts';
import { People } from './people.ts';
import { setStage, type Stage } from './stage.ts';
import { Stalls } from './stalls.ts';
import { liquidate, troubleHyperliquid, troubleOstium } from './trouble.ts';

export interface RunResult {
  readonly seed: number;
  readonly trades: number;
  readonly kills: number;
  readonly faults: number;
  readonly record: RunRecord;
  readonly verdict: Verdict;
}

/** By when every trade must have ended once nothing is disturbed any longer. */
const END_TIMEOUT_MS = 75_000;
const RECONCILE_TIMEOUT_MS = 30_000;
const MAX_ROUNDS = 3;
const POLL_MS = 100;
/** How often a close is asked for again, as a person would who sees that the trade is still there. */
const ASK_AGAIN_MS = 10_000;

/**
 * Plays one seed: trades on both venues, disturbed in every way the plan knows, then left in quiet and closed; and
 * judges what the venues recorded against our books. `say` is told how far it is.
 */
export async function runSeed(
  { seed, trades }: { seed: number; trades: number },
  say: (line: string) => void,
): Promise<RunResult> {
  const plan = makePlan(seed, trades);
  const stage = await setStage(plan);
  const people = new People(stage, say);
  const stalls = new Stalls(() => stage.system.db.$queryRaw`SELECT 1`);
  const measuring = stalls.measure();
  try {
    say(`seed ${seed}: ${plan.trades.length} trades, ${plan.disturbances.length} disturbances`);
    const faults = await play(plan, stage, people);
    say(`seed ${seed}: quiet after ${stage.crew.kills} kills and ${faults} faults`);
    await endAll(stage, people);
    const record = await readRecord(stage, people, stalls.stretches);
    const { kills } = stage.crew;
    return { seed, trades: people.asked.length, kills, faults, record, verdict: judge(record) };
  } finally {
    stalls.stop();
    await measuring;
    stage.prices.stop();
    people.leave();
    await stage.stop();
  }
}

interface Step {
  readonly atMs: number;
  do(): Promise<void> | void;
}

/** Goes through the plan by the clock; returns how many faults were made. Nothing waits for anything else. */
async function play(plan: Plan, stage: Stage, people: People): Promise<number> {
  stage.prices.start();
  let faults = 0;
  const underWay: Promise<unknown>[] = [];
  const start = (work: Promise<void> | void): void =>
    void underWay.push(Promise.resolve(work).catch(() => undefined));
  const steps: Step[] = [
    ...plan.trades.map((planned) => ({ atMs: planned.atMs, do: () => playTrade(planned, people, start) })),
    ...plan.disturbances.map((disturbance) => ({
      atMs: disturbance.atMs,
      do: () => {
        if (disturbance.kind !== 'crash' && disturbance.kind !== 'kill') faults += 1;
        return disturb(disturbance, stage);
      },
    })),
  ];
  const startedAt = Date.now();
  for (const step of steps.sort((a, b) => a.atMs - b.atMs)) {
    await delay(Math.max(0, startedAt + step.atMs - Date.now()));
    start(step.do());
  }
  await delay(Math.max(0, startedAt + plan.quietAtMs - Date.now()));
  await quieten(stage);
  await Promise.all(underWay);
  return faults;
}

async function playTrade(
  planned: PlannedTrade,
  people: People,
  start: (work: Promise<void>) => void,
): Promise<void> {
  const asked = await people.ask(planned);
  if (!asked) return;
  for (const act of planned.acts) start(delay(act.afterMs).then(() => people.act(asked, act)));
}

function disturb(
  disturbance: Disturbance,
  { system, crew, hyperliquid, ostium, owners }: Stage,
): Promise<void> | void {
  switch (disturbance.kind) {
    case 'crash':
      return system.crashAt(disturbance.step);
    case 'kill':
      return crew.kill();
    case 'liquidation':
      return liquidate(hyperliquid, owners[disturbance.owner]!.address, disturbance.ms);
    case 'hyperliquid':
      return troubleHyperliquid(hyperliquid, disturbance.fault, disturbance.ms);
    default:
      return troubleOstium(ostium, disturbance.fault, disturbance.ms);
  }
}

async function quieten({ system, crew, hyperliquid, ostium }: Stage): Promise<void> {
  hyperliquid.control({ type: 'clearFaults' });
  await ostium.control.clearFaults();
  const folder = join(system.stateDir, 'crash-at');
  mkdirSync(folder, { recursive: true });
  for (const step of readdirSync(folder)) rmSync(join(folder, step), { force: true });
  await crew.isManned();
}

/** Ends all trades and has the books compared with the venues, again while that brings a trade back to life. */
async function endAll(stage: Stage, people: People): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await endTrades(stage, people);
    await reconcile(stage);
    if ((await openTrades(stage, people)).length === 0) return;
  }
}

async function reconcile({ system }: Stage): Promise<void> {
  const { body, status } = await system.call('POST', '/reconcile', {});
  if (status !== 202) return;
  const ended = system.temporal.workflow
    .getHandle(body.workflowId)
    .result()
    .catch(() => undefined);
  await Promise.race([ended, delay(RECONCILE_TIMEOUT_MS)]);
}

/** Closes what is still open and waits until every trade has ended and is billed, as long as that may take. */
async function endTrades(stage: Stage, people: People): Promise<void> {
  const until = Date.now() + END_TIMEOUT_MS;
  let askAt = 0;
  while (Date.now() < until) {
    const open = await openTrades(stage, people);
    if (open.length === 0) return;
    if (Date.now() >= askAt) {
      askAt = Date.now() + ASK_AGAIN_MS;
      await Promise.all(open.map((id) => people.request(id, 'close')));
    }
    await delay(POLL_MS);
  }
}

async function openTrades({ system: { db } }: Stage, { asked }: People): Promise<string[]> {
  const trades = await db.trade.findMany({
    where: { signalId: { in: asked.map(({ signalId }) => signalId) } },
    select: { id: true, phase: true, _count: { select: { billingEvents: true } } },
  });
  const missing = trades.length < asked.length ? ['00000000-0000-7000-8000-000000000000'] : [];
  const isOpen = ({ phase, _count }: (typeof trades)[number]): boolean =>
    phase !== 'skipped' && (phase !== 'closed' || _count.billingEvents === 0);
  return [...trades.filter(isOpen).map(({ id }) => id), ...missing];
}

async function readRecord(stage: Stage, people: People, stalls: readonly Stretch[]): Promise<RunRecord> {
  const { system, owners, hyperliquid, ostium, crew } = stage;
  const rows = await system.db.trade.findMany({
    select: { id: true, venue: true, accountId: true, symbol: true, signal: { select: { origin: true } } },
  });
  const endedAt = Date.now();
  const history = hyperliquidEvents(
    hyperliquid.history(),
    ordersByClientId(rows.map(({ id }) => id)),
    new Set(owners.map(({ address }) => address)),
  );
  const pairs = await system.db.instrument.findMany({ where: { venue: 'ostium' } });
  const { events, lines } = await ostiumEvents(ostium.rpcUrl, {
    isTradingKey: (address) => owners.some(({ ostiumKey }) => ostiumKey === address),
    tradeOf: ({ signer, trader, pairIndex }) => {
      const owner = owners.find(({ ostiumKey, address }) => ostiumKey === signer && address === trader);
      const symbol = pairs.find(({ venueAssetId }) => venueAssetId === pairIndex)?.symbol;
      const row = rows.find(
        (each) =>
          each.venue === 'ostium' &&
          each.symbol === symbol &&
          each.accountId.toLowerCase() === owner?.address,
      );
      return owner ? (row?.id ?? `unknown/${owner.address}/${symbol}`) : null;
    },
  });
  const payments = await readFunding(hyperliquid.url, owners);
  return {
    events: [...history, ...events, ...payments].sort((a, b) => a.at - b.at),
    trades: await readBooks(stage, people, lines),
    absences: crew.absences,
    stalls,
    endedAt,
  };
}
