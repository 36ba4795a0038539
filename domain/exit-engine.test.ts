import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barriersArb, pathArb } from '#tests/support/exit-arbitraries.ts';
import { open, path, run, type Run } from '#tests/support/exit-run.ts';
import type { Barriers } from './barriers.ts';
import { observe, type ExitFire, type ExitState } from './exit-engine.ts';
import { direction, SIDES } from './ids.ts';

const exits = (ran: Run) => ran.fires.map(({ reason, price, fraction }) => [reason, price, fraction]);

/** The last state, if the position is open in it: where a closed one last saw its peak is of no consequence. */
const stillOpen = (ran: Run) => ran.states.slice(-1).filter(({ remaining }) => remaining > 0);

/** The price as far below 200 as it was above 0, for prices of two decimals. */
const mirror = (price: string) => String((20_000 - Math.round(Number(price) * 100)) / 100);
const inMirror = (fire: ExitFire) => ({ ...fire, price: 200 - Number(fire.price) });

describe('the exits of a position', () => {
  test('the default trail: entry 50,000, peak 52,000, stop 51,480', () => {
    const ran = run(
      open({ trailing: [{ activatesAtPct: 0, distancePct: 1 }] }, 'long', '50000'),
      path('52000', '51480'),
    );
    expect(ran.stopMoves).toEqual([{ t: 60_000, price: '51480', why: 'trailing_stop' }]);
    expect(exits(ran)).toEqual([['trailing_stop', '51480', 1]]);
  });

  test('a stop fires on touch, at its level; a jump over it fills at the print', () => {
    expect(exits(run(open({ stopLoss: { pct: 5 } }), path('95.01', '95')))).toEqual([['stop_loss', '95', 1]]);
    expect(exits(run(open({ stopLoss: { pct: 5 } }), path('90')))).toEqual([['stop_loss', '95', 1]]);
    expect(exits(run(open({ stopLoss: { pct: 5 } }), path('90!')))).toEqual([['stop_loss', '90', 1]]);
  });

  test('a target fills on touch at its own price; a jump over it fills at the better print', () => {
    const target = { takeProfits: [{ pct: 4, fraction: 1 }] };
    expect(exits(run(open(target), path('104')))).toEqual([['take_profit', '104', 1]]);
    expect(exits(run(open(target), path('110')))).toEqual([['take_profit', '104', 1]]);
    expect(exits(run(open(target), path('110!')))).toEqual([['take_profit', '110', 1]]);
  });

  test('one continuous move fills several targets in the order of its path', () => {
    const ladder = { takeProfits: [2, 4, 6].map((pct) => ({ pct, fraction: 0.25 })), stopLoss: { pct: 1 } };
    const ran = run(open(ladder, 'short'), path('95', '102'));
    expect(ran.fires).toEqual([
      { reason: 'take_profit', price: '98', fraction: 0.25, t: 60_000, leg: 1 },
      { reason: 'take_profit', price: '96', fraction: 0.25, t: 60_000, leg: 2 },
      { reason: 'stop_loss', price: '101', fraction: 0.5, t: 120_000 },
    ]);
  });

  test('after its take profit the stop moves to break-even', () => {
    const barriers: Barriers = {
      stopLoss: { pct: 5 },
      takeProfits: [
        { pct: 2, fraction: 0.5 },
        { pct: 9, fraction: 0.5 },
      ],
      breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
    };
    const ran = run(open(barriers), path('103', '99'));
    expect(ran.stopMoves).toEqual([{ t: 60_000, price: '100.1', why: 'break_even' }]);
    expect(exits(ran)).toEqual([
      ['take_profit', '102', 0.5],
      ['break_even', '100.1', 0.5],
    ]);
  });

  test('break-even does not move a stop that the trail has already brought further', () => {
    const barriers: Barriers = {
      takeProfits: [{ pct: 4, fraction: 0.5 }],
      breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
      trailing: [{ activatesAtPct: 1, distancePct: 1 }],
    };
    expect(run(open(barriers), path('106')).stopMoves.map(({ price, why }) => [price, why])).toEqual([
      ['102.96', 'trailing_stop'],
      ['104.94', 'trailing_stop'],
    ]);
  });

  test('a break-even stop beyond a very near target closes at the target', () => {
    const barriers: Barriers = {
      takeProfits: [{ pct: 0.1, fraction: 0.5 }],
      breakEven: { afterTakeProfit: 1, offsetPct: 0.2 },
    };
    expect(exits(run(open(barriers), path('101')))).toEqual([
      ['take_profit', '100.1', 0.5],
      ['break_even', '100.1', 0.5],
    ]);
  });

  test('the trail takes over from a stop only once a price was better than the entry', () => {
    const barriers = { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] };
    expect(exits(run(open(barriers), path('96', '94')))).toEqual([['stop_loss', '95', 1]]);
    expect(exits(run(open(barriers), path('101', '94')))).toEqual([['trailing_stop', '99.99', 1]]);
  });

  test('without a stop of its own a position starts with the trail from the entry', () => {
    const ran = run(open({ trailing: [{ activatesAtPct: 0, distancePct: 1 }] }), path('94'));
    expect(exits(ran)).toEqual([['trailing_stop', '99', 1]]);
    expect(run(open({ trailing: [{ activatesAtPct: 1, distancePct: 1 }] }), path('94')).fires).toEqual([]);
  });

  test('the last trailing step that was reached sets the distance, and a wider one never loosens the stop', () => {
    const steps = [
      { activatesAtPct: 1, distancePct: 2 },
      { activatesAtPct: 5, distancePct: 1 },
      { activatesAtPct: 8, distancePct: 6 },
    ];
    const ran = run(open({ trailing: steps }), path('100.99', '101', '105', '108', '115'));
    expect(ran.states.map(({ stop }) => stop?.price)).toEqual([
      undefined,
      undefined,
      '98.98',
      '103.95',
      '103.95',
      '108.1',
    ]);
  });

  test('the time limit closes what is left at the price observed then', () => {
    const barriers = { takeProfits: [{ pct: 1, fraction: 0.4 }], timeLimitMs: 120_000 };
    expect(exits(run(open(barriers), path('101', '100.5', '200')))).toEqual([
      ['take_profit', '101', 0.4],
      ['time_limit', '100.5', 0.6],
    ]);
  });

  test('thirds close the whole position', () => {
    const third = 1 / 3;
    const takeProfits = [1, 2, 3].map((pct) => ({ pct, fraction: third }));
    expect(run(open({ takeProfits }), path('110')).states.at(-1)?.remaining).toBe(0);
  });
});

describe('always', () => {
  const anySide = fc.constantFrom(...SIDES);

  test('a stop is never loosened', () => {
    fc.assert(
      fc.property(barriersArb, anySide, pathArb, (barriers, side, prices) => {
        const stops = run(open(barriers, side), prices).states.map(({ stop }) => stop && Number(stop.price));
        const given = stops.filter((stop) => stop !== null).map((stop) => stop * direction(side));
        expect(given).toEqual([...given].sort((a, b) => a - b));
        expect(stops.lastIndexOf(null)).toBeLessThan(stops.length - given.length);
      }),
    );
  });

  test('what was closed and what is open make one, and a closed position stays silent', () => {
    fc.assert(
      fc.property(barriersArb, anySide, pathArb, (barriers, side, prices) => {
        const ran = run(open(barriers, side), prices);
        const closed = ran.fires.reduce((total, { fraction }) => total + fraction, 0);
        expect(closed + (ran.states.at(-1)?.remaining ?? 1)).toBeCloseTo(1, 9);
        const end = ran.states.find(({ remaining }) => remaining === 0);
        expect(end === undefined || ran.states.at(-1) === end).toBe(true);
      }),
    );
  });

  test('a fill lies on the way the price went: at the print after a jump, else between two prices', () => {
    fc.assert(
      fc.property(barriersArb, anySide, pathArb, (barriers, side, prices) => {
        const { fires } = run(open(barriers, side), prices);
        for (const fire of fires) {
          const index = prices.findIndex(({ t }) => t === fire.t);
          const [from, to] = [Number(prices[index - 1]?.price ?? '100'), Number(prices[index]?.price)];
          const start = prices[index]?.gap === true ? to : from;
          expect(Number(fire.price)).toBeGreaterThanOrEqual(Math.min(start, to));
          expect(Number(fire.price)).toBeLessThanOrEqual(Math.max(start, to));
        }
      }),
    );
  });

  test('a continuous move gives the same when it is told in more steps', () => {
    fc.assert(
      fc.property(
        barriersArb,
        anySide,
        pathArb,
        fc.array(fc.nat(100), { minLength: 40, maxLength: 40 }),
        ({ timeLimitMs: _none, ...barriers }, side, prices, cuts) => {
          const finer = prices.flatMap((observation, index) => {
            if (observation.gap) return [observation];
            const [from, to] = [Number(prices[index - 1]?.price ?? '100'), Number(observation.price)];
            const between = (from + ((to - from) * (cuts[index] ?? 0)) / 100).toFixed(6);
            return [{ ...observation, price: between }, observation];
          });
          const [whole, split] = [run(open(barriers, side), prices), run(open(barriers, side), finer)];
          expect(split.fires).toEqual(whole.fires);
          expect(stillOpen(split)).toEqual(stillOpen(whole));
        },
      ),
    );
  });

  test('a short is a long in the mirror (trails aside, which measure from the peak)', () => {
    fc.assert(
      fc.property(barriersArb, pathArb, ({ trailing: _none, ...barriers }, prices) => {
        const long = run(open(barriers, 'long'), prices);
        const mirrored = prices.map((observation) => ({ ...observation, price: mirror(observation.price) }));
        const short = run(open(barriers, 'short'), mirrored);
        const expected = long.fires.map((fire) => ({
          ...fire,
          price: expect.closeTo(Number(fire.price), 8),
        }));
        expect(short.fires.map(inMirror)).toEqual(expected);
      }),
    );
  });

  test('states are plain JSON and never changed', () => {
    fc.assert(
      fc.property(barriersArb, anySide, pathArb, (barriers, side, prices) => {
        const { states } = run(open(barriers, side), prices);
        for (const [index, observation] of prices.entries()) {
          const state = states[index];
          const before = JSON.stringify(state);
          const revived: ExitState = JSON.parse(before);
          expect(observe(revived, observation).state).toEqual(states[index + 1]);
          expect(JSON.stringify(state)).toBe(before);
        }
      }),
    );
  });
});
