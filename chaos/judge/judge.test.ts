import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';
import type { BookedTrade, VenueEvent } from './record.ts';
import { byHand, CLOSED, exit, fill, LINE, recordOf, request, stop, SUBJECT, TRADE } from './testing.ts';

const SOUND = [fill(0), stop(0), exit(10_000), stop(10_000, { size: '0' })];

const bill = (kind: string, amountUsd: string, subject = SUBJECT) => ({ kind, subject, amountUsd });

/** What is found wrong, as kinds with their counts. */
const found = (
  events: readonly VenueEvent[],
  trade: Partial<BookedTrade> = {},
  over: Parameters<typeof recordOf>[1] = {},
) =>
  judge(recordOf(events, { trades: [{ ...CLOSED, ...trade }], ...over })).violations.map(
    ({ kind, count }) => [kind, count],
  );

test('a trade as it should be', () => {
  expect(judge(recordOf(SOUND))).toEqual({ violations: [], longestUnprotectedMs: 0 });
});

describe('entries', () => {
  test('by two orders', () => {
    const events = [fill(0, { size: '0.5' }), fill(5, { size: '0.5', orderId: '3' }), ...SOUND.slice(1)];
    expect(found(events)).toEqual([['doubledEntries', 1]]);
  });

  test('by one client id that the venue took twice', () => {
    const events = [
      fill(0),
      stop(0),
      fill(5, { orderId: '3' }),
      stop(5, { size: '2' }),
      exit(10_000, { size: '2' }),
    ];
    expect(found(events, { netPnlUsd: '20', bills: [CLOSED.bills[0]!, bill('profit_share', '2')] })).toEqual([
      ['doubledEntries', 1],
    ]);
  });

  test('larger than planned', () => {
    expect(found(SOUND, { plannedSize: '0.9' })).toEqual([['doubledEntries', 1]]);
  });

  test('one order that filled in parts is one entry', () => {
    const events = [fill(0, { size: '0.4' }), fill(0, { size: '0.6' }), ...SOUND.slice(1)];
    expect(found(events)).toEqual([]);
  });
});

describe('exits', () => {
  test('a second one that opens the other way', () => {
    const events = [...SOUND, exit(11_000, { orderId: '10', size: '0.3' })];
    expect(found(events)).toEqual([['oversizedExits', 1]]);
  });

  test("of the owner's own position beside ours", () => {
    const events = [fill(0), stop(0), byHand(50, 'buy', '2'), exit(10_000, { size: '1.5' })];
    expect(found(events)).toEqual([['foreignTouched', 1]]);
  });

  test('of what the owner opened himself after he had closed ours by hand', () => {
    const events = [fill(0), stop(0), byHand(50, 'sell', '1'), byHand(60, 'buy', '1'), exit(10_000)];
    const untouched = { netPnlUsd: '0', bills: [bill('trade_fee', '0.2')] };
    expect(found(events, untouched)).toEqual([['foreignTouched', 1]]);
  });

  test('of an adopted position are as they should be', () => {
    const events = [byHand(0, 'buy', '1'), stop(50), exit(10_000)];
    expect(found(events, { isAdopted: true, bills: [] })).toEqual([]);
  });
});

describe('time without a stop', () => {
  const late = (ms: number) => [fill(0), stop(ms), exit(10_000), stop(10_000, { size: '0' })];

  test('longer than 500 ms', () => {
    expect(found(late(501))).toEqual([['nakedOver500ms', 1]]);
    expect(found(late(500))).toEqual([]);
    expect(judge(recordOf(late(400))).longestUnprotectedMs).toBe(400);
  });

  test('that never ends', () => {
    const events = [fill(0), stop(0), stop(5_000, { size: '0' })];
    expect(found(events, {}, { endedAt: 6_000 })).toContainEqual(['nakedOver500ms', 1]);
  });

  test('with a stop for a part alone', () => {
    const events = [fill(0), stop(0, { size: '0.4' }), stop(900), exit(10_000)];
    expect(found(events)).toEqual([['nakedOver500ms', 1]]);
  });

  test('with the stop taken away before the exit', () => {
    const events = [fill(0), stop(0), stop(9_000, { size: '0' }), exit(10_000)];
    expect(found(events)).toEqual([['nakedOver500ms', 1]]);
  });

  test('two stops that together are as large as the position protect it', () => {
    const events = [fill(0), stop(0, { size: '0.4' }), stop(0, { size: '0.6', orderId: '3' }), exit(10_000)];
    expect(found(events)).toEqual([]);
  });

  test('does not count what the owner holds beside', () => {
    expect(found([fill(0), stop(0), byHand(50, 'buy', '2'), exit(10_000)])).toEqual([]);
  });

  test('is what no worker was there for, and no more', () => {
    const absences = [{ from: 100, to: 4_000 }];
    expect(found(late(4_300), {}, { absences })).toEqual([]);
    expect(found(late(4_501), {}, { absences })).toEqual([['nakedOver500ms', 1]]);
  });

  test('is the time of a machine that had none', () => {
    expect(found(late(501), {}, { stalls: [{ from: 0, to: 400 }] })).toEqual([['nakedOver500ms', 1]]);
    const busy = (ms: number) =>
      judge(recordOf(late(ms), { trades: [CLOSED], stalls: [{ from: 0, to: 400 }] })).violations.map(
        ({ isOfBusyMachine }) => isOfBusyMachine,
      );
    expect([busy(900), busy(901)]).toEqual([[true], [false]]);
  });

  test('is what the venue took to answer, and no more', () => {
    const slow = request(0, { answeredAt: 3_000 });
    expect(found([slow, ...late(3_400)])).toEqual([]);
    expect(found([slow, ...late(3_501)])).toEqual([['nakedOver500ms', 1]]);
    expect(found([request(0, { answeredAt: 3_000, tradeIds: ['another'] }), ...late(3_400)])).toEqual([
      ['nakedOver500ms', 1],
    ]);
  });

  test('is what the venue did not tell of, and 300 ms for asking again', () => {
    const asked = [0, 500, 1_000].map((at) => request(at, { outcome: 'untold', answeredAt: at + 200 }));
    expect(found([...asked, ...late(2_000)])).toEqual([]);
    expect(found([...asked, ...late(2_001)])).toEqual([['nakedOver500ms', 1]]);
    expect(found([request(0, { answeredAt: 200 }), ...late(801)])).toEqual([['nakedOver500ms', 1]]);
  });

  test('is excused by a refusal if the position is closed soon', () => {
    const refused = request(300, { outcome: 'refused' });
    expect(found([fill(0), refused, exit(10_000)])).toEqual([]);
    expect(found([fill(0), refused, exit(31_000)])).toEqual([['nakedOver500ms', 1]]);
    expect(found([fill(0), request(600, { outcome: 'refused' }), exit(10_000)])).toEqual([
      ['nakedOver500ms', 1],
    ]);
    expect(found([fill(0), request(300, { outcome: 'lost' }), exit(10_000)])).toEqual([
      ['nakedOver500ms', 1],
    ]);
  });

  test("is judged within the venue's own clock", () => {
    expect(found(late(1_500), { clockMs: 1_000 })).toEqual([]);
    expect(found(late(1_501), { clockMs: 1_000 })).toEqual([['nakedOver500ms', 1]]);
  });
});

describe('stops', () => {
  const moved = (...levels: string[]) => [
    fill(0),
    ...levels.map((level, i) => stop(i * 100, { level })),
    exit(10_000),
  ];

  test('that go away from the price', () => {
    expect(found(moved('95', '97', '96.9'))).toEqual([['loosenedStops', 1]]);
    expect(found(moved('95', '97', '98'))).toEqual([]);
  });

  test('of a short go away upwards', () => {
    const short = {
      side: 'short' as const,
      netPnlUsd: '-10',
      bills: [bill('trade_fee', '0.2')],
    };
    const events = (...levels: string[]) =>
      moved(...levels).map((event) =>
        event.kind === 'fill' ? { ...event, side: event.leg === 'exit' ? 'buy' : 'sell' } : event,
      ) as VenueEvent[];
    expect(found(events('105', '106'), short)).toEqual([['loosenedStops', 1]]);
    expect(found(events('105', '104'), short)).toEqual([]);
  });

  test('that a person moved away, once for each adjust and not before it', () => {
    expect(found(moved('95', '90'), { adjustedAt: [50] })).toEqual([]);
    expect(found(moved('95', '90'), { adjustedAt: [150] })).toEqual([['loosenedStops', 1]]);
    expect(found(moved('95', '90'), { adjustedAt: [150], clockMs: 1_000 })).toEqual([]);
    expect(found(moved('95', '90', '89'), { adjustedAt: [50] })).toEqual([['loosenedStops', 1]]);
  });
});

describe('money', () => {
  test('booked otherwise than the venue says, in cents', () => {
    expect(found(SOUND, { netPnlUsd: '9.93' })).toEqual([['unexplainedCents', 7]]);
    expect(found(SOUND, { netPnlUsd: '10.004' })).toEqual([]);
  });

  test('fees count', () => {
    const events = [fill(0, { feeUsd: '0.4' }), stop(0), exit(10_000, { feeUsd: '0.6' })];
    expect(found(events)).toEqual([
      ['unexplainedCents', 100],
      ['wrongBills', 1],
    ]);
  });

  test("the owner's profit is not the trade's", () => {
    const events = [fill(0), stop(0), byHand(50, 'sell', '0.5'), exit(10_000, { size: '0.5' })];
    expect(found(events)).toEqual([
      ['unexplainedCents', 500],
      ['wrongBills', 1],
    ]);
    const right = { netPnlUsd: '5', bills: [CLOSED.bills[0]!, bill('profit_share', '0.5')] };
    expect(found(events, right)).toEqual([]);
  });

  test('a trade that never ended in the books', () => {
    expect(found(SOUND, { phase: 'closing', netPnlUsd: null, bills: [] })).toEqual([
      ['unexplainedCents', 1_000],
      ['wrongBills', 1],
      ['wrongBills', 1],
    ]);
  });

  test('profit that no fill explains', () => {
    expect(found([], { bills: [] })).toEqual([['unexplainedCents', 1_000]]);
  });
});

describe('bills', () => {
  test('twice', () => {
    expect(found(SOUND, { bills: [...CLOSED.bills, CLOSED.bills[0]!] })).toEqual([['wrongBills', 1]]);
  });

  test('a correction with a subject of its own', () => {
    const corrected = [
      ...CLOSED.bills.slice(0, 1),
      bill('profit_share', '3'),
      bill('profit_share', '-2', `${SUBJECT}/correction/1`),
    ];
    expect(found(SOUND, { bills: corrected })).toEqual([]);
    expect(found(SOUND, { bills: [...corrected.slice(0, 2), bill('profit_share', '-2')] })).toEqual([
      ['wrongBills', 1],
    ]);
  });

  test('none, too much, of another kind, or for what was not traded', () => {
    expect(found(SOUND, { bills: CLOSED.bills.slice(0, 1) })).toEqual([['wrongBills', 1]]);
    expect(found(SOUND, { bills: CLOSED.bills.slice(1) })).toEqual([['wrongBills', 1]]);
    expect(found(SOUND, { bills: [CLOSED.bills[0]!, bill('profit_share', '1.2')] })).toEqual([
      ['wrongBills', 1],
    ]);
    expect(found(SOUND, { bills: [...CLOSED.bills, bill('gift', '1')] })).toEqual([['wrongBills', 1]]);
    expect(found([], { netPnlUsd: null, phase: 'skipped' })).toEqual([
      ['wrongBills', 1],
      ['wrongBills', 1],
    ]);
  });
});

test("an order of the owner's that our key took back", () => {
  const foreign = { kind: 'foreign' as const, at: 50, line: LINE, text: 'order 77 was cancelled' };
  expect(found([fill(0), stop(0), foreign, exit(10_000)])).toEqual([['foreignTouched', 1]]);
  expect(judge(recordOf([foreign], { trades: [] })).violations[0]?.tradeId).toBe(LINE);
  expect(judge(recordOf([...SOUND, foreign])).violations[0]?.tradeId).toBe(TRADE);
});

test('what the venue takes is an exit of the trade, as far as it takes of its part', () => {
  const taken = fill(5_000, {
    tradeId: null,
    leg: null,
    side: 'sell',
    price: '110',
    size: '1.5',
    isByVenue: true,
  });
  const events = [fill(0), stop(0), byHand(1, 'buy', '0.5'), taken, stop(5_000, { size: '0' })];
  expect(found(events)).toEqual([]);
  expect(found(events, { netPnlUsd: '15' })).toEqual([['unexplainedCents', 500]]);
});

test('a payment for the position counts as far as the trade has a part of it', () => {
  const paid = { kind: 'funding', at: 20, line: LINE, usd: '-3', size: '1.5' } as const;
  const late = { ...paid, at: 20_000 };
  const events = [
    fill(0),
    stop(0),
    byHand(1, 'buy', '0.5'),
    paid,
    exit(10_000),
    stop(10_000, { size: '0' }),
    late,
  ];
  const bills = [CLOSED.bills[0]!, bill('profit_share', '0.8')];
  expect(found(events, { netPnlUsd: '8', bills })).toEqual([]);
  expect(found(events).map(([kind]) => kind)).toEqual(['unexplainedCents', 'wrongBills']);
});
