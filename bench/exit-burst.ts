import type { DemoSystem } from '#local/demo-system.ts';
import { direction, type Side } from '#domain/ids.ts';
import { type LoggedRequest } from '#sandbox/hyperliquid/actions/order-log.ts';
import type { BareTrader } from './bare-trader.ts';
import type { SandboxControl } from './sandbox-control.ts';
import { armTrades, COINS } from './setup.ts';
import { until } from './until.ts';
import { preciseNow } from '#sandbox/precise-now.ts';

/** Trail and stop as in the latency benchmark: a gain of 0.3 % and a fall of 0.85 % cross the trail, not the stop. */
const BARRIERS = { stopLoss: { pct: 1 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] };
const GAIN_PCT = 0.3;
const CROSSING_PCT = -0.85;
const FIGURES = 5;
const SETTLE_MS = 2_000;
const TIMEOUT_MS = 900_000;
/** Orders the bare SDK has on their way at once. */
const BARE_AT_ONCE = 32;

export interface Burst {
  exits: number;
  /** From the first signal to the last trade on watch. */
  openingMs: number;
  /** From the print to the last closing order at the sandbox, and to the last trade that is closed and billed. */
  ordersMs: number;
  closedMs: number;
  /** The bare SDK, one wallet and 32 orders at a time, from the first call to the last order at the sandbox. */
  bareMs: number;
}

interface BurstSetup extends Pick<DemoSystem, 'db' | 'api'> {
  sandbox: SandboxControl;
  bare: BareTrader;
}

/** Opens positions in all coins; `atRest` is called while they are all on watch. Then one print crosses them all. */
export async function measureBurst(
  setup: BurstSetup,
  wanted: number,
  atRest: (positions: number) => Promise<void>,
): Promise<Burst> {
  const { db, api, sandbox } = setup;
  const { marks } = await sandbox.state();
  const openingAt = performance.now();
  const exits = await armTrades(api, db, wanted, BARRIERS);
  const openingMs = performance.now() - openingAt;
  await atRest(exits);
  await sandbox.setPrices(moved(marks, GAIN_PCT));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const crossedAt = preciseNow();
  await sandbox.setPrices(moved(marks, CROSSING_PCT));
  await until(`${exits} closed trades`, TIMEOUT_MS, 100, async () =>
    (await db.trade.count({ where: { phase: 'closed', billingEvents: { some: {} } } })) >= exits
      ? true
      : null,
  );
  const closedMs = preciseNow() - crossedAt;
  const closing = (await sandbox.orders(crossedAt)).filter(isClosing);
  const ordersMs = lastReceived(closing.slice(0, exits)) - crossedAt;
  await sandbox.setPrices(moved(marks, 0));
  return { exits, openingMs, ordersMs, closedMs, bareMs: await sendBare(setup, closing.slice(0, exits)) };
}

/** Sends as many closing orders with the bare SDK, of other positions. */
async function sendBare({ sandbox, bare }: BurstSetup, closing: readonly LoggedRequest[]): Promise<number> {
  for (const action of openingActions(closing)) await bare.repeat(action);
  const startedAt = preciseNow();
  const rest = closing.values();
  const sendRest = async (): Promise<void> => {
    for (const { request } of rest) await bare.repeat(request);
  };
  await Promise.all(Array.from({ length: BARE_AT_ONCE }, sendRest));
  return lastReceived((await sandbox.orders(startedAt)).filter(isClosing)) - startedAt;
}

interface WireOrder {
  a: number;
  b: boolean;
  p: string;
  s: string;
  r: boolean;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sandbox took it as an order action
const ordersOf = ({ request }: LoggedRequest): WireOrder[] => request['orders'] as WireOrder[];

const isClosing = (request: LoggedRequest): boolean => ordersOf(request)[0]?.r === true;

const lastReceived = (requests: readonly LoggedRequest[]): number =>
  Math.max(...requests.map(({ receivedAt }) => receivedAt));

/** One order per asset that opens what all the closing orders together close. */
function openingActions(closing: readonly LoggedRequest[]): Record<string, unknown>[] {
  const byAsset = Map.groupBy(closing.flatMap(ordersOf), ({ a }) => a);
  return [...byAsset.values()].flatMap((orders) => {
    const [first] = orders;
    if (!first) return [];
    const size = orders.reduce((total, { s }) => total + Number(s), 0);
    const side: Side = first.b ? 'short' : 'long';
    const price = Number((Number(first.p) * (1 + direction(side) * 0.1)).toPrecision(FIGURES));
    const opening = { ...first, b: !first.b, r: false, p: String(price), s: String(Number(size.toFixed(8))) };
    return [{ orders: [opening], grouping: 'na' }];
  });
}

const moved = (marks: Readonly<Record<string, string>>, pct: number) =>
  COINS.map((coin) => ({
    coin,
    price: String(Number((Number(marks[coin]) * (1 + pct / 100)).toPrecision(FIGURES))),
  }));
