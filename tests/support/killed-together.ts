import { expect } from 'vitest';
import type { Barriers } from '#domain/barriers.ts';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { RoleProcess } from '#process/role.ts';
import type { VenueOpenOrder } from '#venues/venue.ts';
import { until, type TestDeployment, type TestTrade, type TradingSystem } from './trading-system.ts';

const stepsOf = (leg: string, points: readonly string[]) => points.map((point) => `${leg}.${point}`);
const SENT = ['before_send', 'after_send', 'after_store'];
const MOVED = ['before_move', 'after_move', 'after_move_store'];

/** The steps of each leg at which a process may die. */
export const STEPS = {
  entry: [...stepsOf('entry', SENT), 'entry.after_open'],
  exit: ['exit.after_claim', ...stepsOf('exit', SENT), 'exit.flat', ...stepsOf('cancel', SENT)],
  adjust: ['adjust.after_stop', 'adjust.after_save'],
  stopSent: stepsOf('stop', SENT),
  stopMoved: stepsOf('stop', MOVED),
  targetSent: stepsOf('take_profit', SENT),
  targetMoved: stepsOf('take_profit', MOVED),
  cancel: stepsOf('cancel', SENT),
};

/** A trade in a deployment, and so in an account, of its own. */
export interface Owned {
  deployment: TestDeployment;
  trade: TestTrade;
}

/** Trades of one instrument, each at another step when their worker dies. */
export interface KilledTogether {
  /** Posts this many signals. */
  ask(count: number, barriers: Barriers): Promise<Owned[]>;
  /** Posts this many signals and waits until each trade is watched. */
  open(count: number, barriers: Barriers): Promise<Owned[]>;
  areArmed(all: readonly Owned[]): Promise<void>;
  /** The worker dies once every step holds a trade; another takes its place. */
  killAt(steps: readonly string[], act: () => unknown): Promise<void>;
  /**
   * Waits until each trade has one stop and one target at the venue for its whole size, with the stop at the price in
   * the database.
   */
  areProtected(all: readonly Owned[]): Promise<void>;
  /** Asks for other exits; the API may answer that they are not confirmed yet. */
  adjust(all: readonly Owned[], barriers: Barriers): Promise<void>;
  /** Waits until the stop of each trade is at this price, and expects one audited change of its exits. */
  areAdjusted(all: readonly Owned[], stopPrice: number): Promise<void>;
  close(all: readonly Owned[]): Promise<void>;
  haveEnded(all: readonly Owned[], reason: string): Promise<void>;
}

export async function startKilledTogether(
  system: TradingSystem,
  { symbol, venue }: { symbol: string; venue: VenueName },
): Promise<KilledTogether> {
  let worker: RoleProcess = await system.startWorker();
  const idOf = async ({ trade }: Owned) => (await trade.reaches('open')).id;
  const kills: KilledTogether = {
    ask: (count, barriers) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const deployment = await system.deploy();
          return { deployment, trade: await system.signal(deployment, { symbol, barriers }) };
        }),
      ),
    async open(count, barriers) {
      const all = await kills.ask(count, barriers);
      await kills.areArmed(all);
      return all;
    },
    async areArmed(all) {
      await Promise.all(all.map(({ trade }) => trade.untilArmed()));
    },
    async killAt(steps, act) {
      system.crashAt(...steps);
      await act();
      expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
      worker = await system.startWorker();
    },
    async areProtected(all) {
      for (const each of all)
        await until('stop and target', async () => isProtected(await restingOf(system, venue, each), each));
    },
    async adjust(all, barriers) {
      const ask = async (each: Owned) =>
        (await system.call('POST', `/trades/${await idOf(each)}/adjust`, { barriers })).status;
      for (const status of await Promise.all(all.map(ask))) expect([200, 503]).toContain(status);
    },
    async areAdjusted(all, stopPrice) {
      for (const each of all) {
        const audited = { subject: `trade/${await idOf(each)}`, action: 'trade.adjust_barriers' };
        await until('the audit', async () => system.db.auditLog.findFirst({ where: audited }));
        const stop = Number((await each.trade.details())?.stopPrice);
        expect(Math.abs(stop / stopPrice - 1)).toBeLessThan(0.001);
        expect(await system.db.auditLog.count({ where: audited })).toBe(1);
      }
    },
    async close(all) {
      for (const each of all)
        expect((await system.call('POST', `/trades/${await idOf(each)}/close`, {})).status).toBe(202);
    },
    async haveEnded(all, reason) {
      const ended = await Promise.all(all.map(({ trade }) => trade.reaches('closed')));
      expect(ended.map(({ exitReason }) => exitReason)).toEqual(all.map(() => reason));
      for (const { entrySize, fills } of ended)
        expect(Number(fills.find(({ side }) => side === 'buy')?.size)).toBe(Number(entrySize));
    },
  };
  return kills;
}

async function restingOf(
  { deps }: TradingSystem,
  name: VenueName,
  { deployment }: Owned,
): Promise<VenueOpenOrder[]> {
  const venue = deps.venues.find((each) => each.name === name);
  const account = asId<AccountId>(deployment.walletAddress.toLowerCase());
  return venue ? venue.accounts.openOrders(account) : [];
}

async function isProtected(resting: readonly VenueOpenOrder[], { trade }: Owned): Promise<boolean> {
  const details = await trade.details();
  const isWhole = resting.every(({ size }) => Number(size) === Number(details?.remainingSize));
  const stops = resting.filter(({ triggerPrice }) => Number(triggerPrice) === Number(details?.stopPrice));
  return isWhole && resting.length === 2 && stops.length === 1;
}
