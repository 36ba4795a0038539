import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asId, type TradeId } from './ids.ts';
import {
  isEnded,
  newTrade,
  reduce,
  type StopFit,
  type TradeCommand,
  type TradeEvent,
  type TradeStanding,
  type TradeState,
} from './trade.ts';

const PLANNED: Extract<TradeEvent, { type: 'planned' }> = {
  type: 'planned',
  tradeId: asId<TradeId>('t1'),
  symbol: 'BTC',
  side: 'long',
  venue: 'hyperliquid',
};
const OPENED: TradeEvent = { type: 'opened', size: '2', price: '100', stopPrice: '95', protected: true };
const CLOSE: TradeEvent = { type: 'closeRequested', reason: 'force_close' };

/** A paused trade of the size 2 as the books have it. */
const recalled = (standing: Partial<TradeStanding> & Pick<TradeStanding, 'phase'>): TradeEvent => ({
  ...PLANNED,
  type: 'recalled',
  standing: {
    paused: true,
    entrySize: '2',
    entryPrice: '100',
    remainingSize: '2',
    stopPrice: '95',
    exitReason: null,
    netPnlUsd: null,
    ...standing,
  },
});

/** The trade after these events, with every command they called for. */
function run(events: readonly TradeEvent[]): { trade: TradeState; commands: TradeCommand[] } {
  return events.reduce(
    ({ trade, commands }, event) => {
      const step = reduce(trade, event);
      return { trade: step.trade, commands: [...commands, ...step.commands] };
    },
    { trade: newTrade(), commands: [] as TradeCommand[] },
  );
}

const done = (events: readonly TradeEvent[]): string[] => run(events).commands.map((command) => command.do);

describe('the way of a trade', () => {
  test('from plan to bill', () => {
    const events: TradeEvent[] = [
      PLANNED,
      OPENED,
      { type: 'exitStarted', reason: 'trailing_stop' },
      { type: 'flat', reason: 'stop_loss' },
      { type: 'settled', netPnlUsd: '-1.5' },
      { type: 'billed' },
    ];
    expect(done(events)).toEqual(['open', 'arm', 'confirmExit', 'settle', 'bill']);
    const { trade } = run(events);
    expect(trade).toMatchObject({
      phase: 'closed',
      exitReason: 'stop_loss',
      netPnlUsd: '-1.5',
      billed: true,
    });
    expect(isEnded(trade)).toBe(true);
  });

  test('a refusal ends it before anything is ordered', () => {
    const { trade, commands } = run([{ type: 'refused', tradeId: null, code: 'stale', text: 'Too late.' }]);
    expect(trade).toMatchObject({ phase: 'skipped', refusal: { code: 'stale' } });
    expect(commands).toEqual([]);
  });

  test('an entry without its stop is protected, and closed when that fails', () => {
    const naked: TradeEvent = { ...OPENED, stopPrice: null, protected: false };
    expect(done([PLANNED, naked])).toEqual(['open', 'protect']);
    expect(done([PLANNED, naked, { type: 'protected', stopPrice: '95' }])).toEqual([
      'open',
      'protect',
      'arm',
    ]);
    const failed = run([PLANNED, naked, { type: 'protectionFailed', text: 'No.' }]);
    expect(failed.commands.slice(2)).toEqual([{ do: 'close', reason: 'emergency' }, { do: 'confirmExit' }]);
  });

  test('who closes while it is not known what became of the entry has it found out, and closed', () => {
    const begun: TradeEvent = { ...PLANNED, isBegun: true };
    expect(done([CLOSE, begun])).toEqual(['open']);
    expect(done([CLOSE, begun, OPENED])).toEqual(['open', 'close', 'confirmExit']);
  });

  test.each([
    ['open', ['arm', 'reviewPosition']],
    ['closing', ['confirmExit']],
    ['settling', ['settle']],
    ['closed', ['bill']],
  ] as const)('one that the books have as %s goes on from there', (phase, commands) => {
    const { trade, commands: asked } = run([recalled({ phase })]);
    expect(asked.map((command) => command.do)).toEqual(commands);
    expect(trade).toMatchObject({ phase, paused: true, entryPrice: '100', stopPrice: '95' });
  });

  test('one that the books have without a stop is protected; one to be closed is closed', () => {
    expect(done([recalled({ phase: 'open', stopPrice: null })])).toEqual(['protect']);
    expect(done([CLOSE, recalled({ phase: 'open' })])).toEqual(['close', 'confirmExit']);
  });

  test('a look that cannot succeed is remembered until one does', () => {
    const ended: TradeEvent = { type: 'stepEnded', code: 'account_mode_unsupported', text: 'No.' };
    const { trade } = run([PLANNED, OPENED, ended]);
    expect(trade).toMatchObject({ phase: 'open', trouble: { code: 'account_mode_unsupported' } });
    const looked = {
      type: 'positionChanged',
      remainingSize: '2',
      takeProfitsFilled: 0,
      stopPrice: '95',
      stop: 'fits',
      closedBy: null,
    } as const;
    expect(reduce(trade, looked).trade.trouble).toBeNull();
  });

  test('who closes before the entry gets no entry; while it opens, the position is closed at once', () => {
    expect(done([CLOSE, PLANNED])).toEqual(['skip']);
    expect(done([PLANNED, CLOSE, OPENED])).toEqual(['open', 'close', 'confirmExit']);
  });

  test('a pause while it opens holds once it is on watch; a resumption looks at what happened meanwhile', () => {
    expect(done([PLANNED, { type: 'pauseRequested' }, OPENED])).toEqual(['open', 'arm', 'pauseWatch']);
    expect(done([PLANNED, OPENED, { type: 'pauseRequested' }, { type: 'resumeRequested' }])).toEqual([
      'open',
      'arm',
      'pauseWatch',
      'resumeWatch',
      'reviewPosition',
    ]);
  });

  test('fills are looked at; the last of them starts the confirmation of the exit', () => {
    const changed: TradeEvent = {
      type: 'positionChanged',
      remainingSize: '0',
      takeProfitsFilled: 1,
      stopPrice: '95',
      stop: 'fits',
      closedBy: 'take_profit',
    };
    expect(done([PLANNED, OPENED, { type: 'fillsBooked' }, changed])).toEqual([
      'open',
      'arm',
      'reviewPosition',
      'confirmExit',
    ]);
  });
});

describe('a stop that the venue will not take', () => {
  const reviewed = (stop: StopFit): TradeEvent => ({
    type: 'positionChanged',
    remainingSize: '1',
    takeProfitsFilled: 0,
    stopPrice: '95',
    stop,
    closedBy: null,
  });

  test('where the price is through break-even already, the rest is closed, but not of a paused trade', () => {
    expect(done([PLANNED, OPENED, reviewed('passed')]).slice(-2)).toEqual(['close', 'confirmExit']);
    const paused = done([PLANNED, OPENED, { type: 'pauseRequested' }, reviewed('passed')]);
    expect(paused.at(-1)).toBe('pauseWatch');
  });

  test('where none rests any more, one is insisted on', () => {
    expect(done([PLANNED, OPENED, { type: 'fillsBooked' }, reviewed('missing')]).at(-1)).toBe('protect');
  });

  test('where one rests, it is looked at again soon, until it fits', () => {
    const { trade: refused } = run([PLANNED, OPENED, { type: 'fillsBooked' }, reviewed('refused')]);
    expect(refused).toMatchObject({ phase: 'open', stopRefused: true });
    expect(reduce(refused, reviewed('fits')).trade.stopRefused).toBe(false);
  });
});

const reason = fc.constantFrom('stop_loss' as const, 'take_profit' as const, 'force_close' as const);
const anyEvent: fc.Arbitrary<TradeEvent> = fc.oneof(
  fc.constant(PLANNED),
  fc.constant<TradeEvent>({ type: 'refused', tradeId: null, code: 'stale', text: 'Too late.' }),
  fc.constant(OPENED),
  fc.constant<TradeEvent>({ ...OPENED, stopPrice: null, protected: false }),
  fc.constant<TradeEvent>({ type: 'protected', stopPrice: '95' }),
  fc.constant<TradeEvent>({ type: 'protectionFailed', text: 'No.' }),
  fc.constantFrom<TradeEvent>(
    { type: 'fillsBooked' },
    { type: 'safetyTimerFired' },
    { type: 'pauseRequested' },
    { type: 'resumeRequested' },
    { type: 'billed' },
  ),
  reason.map((each): TradeEvent => ({ type: 'closeRequested', reason: each })),
  reason.map((each): TradeEvent => ({ type: 'exitStarted', reason: each })),
  reason.map((each): TradeEvent => ({ type: 'flat', reason: each })),
  fc.constant<TradeEvent>({ type: 'settled', netPnlUsd: '1' }),
  fc
    .tuple(fc.option(reason, { nil: null }), fc.constantFrom('fits', 'refused', 'passed', 'missing'))
    .map(([closedBy, stop]): TradeEvent => ({
      type: 'positionChanged',
      remainingSize: closedBy ? '0' : '1',
      takeProfitsFilled: 1,
      stopPrice: '96',
      stop,
      closedBy,
    })),
);
const ORDER = ['routing', 'opening', 'open', 'closing', 'settling', 'closed'];

describe('whatever happens, in whatever order and however often', () => {
  test('there is at most one entry, one start of an exit, one settlement', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const steps = done(events);
        const times = (what: string) => steps.filter((each) => each === what).length;
        expect([times('open'), times('close'), times('settle'), times('bill')].every((n) => n <= 1)).toBe(
          true,
        );
      }),
    );
  });

  test('phases only go forward, and an ended trade asks for nothing', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const steps = events.map((_event, index) => {
          const before = run(events.slice(0, index)).trade;
          return { before, ...reduce(before, events[index] ?? PLANNED) };
        });
        const isForward = ({ before, trade }: (typeof steps)[number]) =>
          trade.phase === 'skipped' || ORDER.indexOf(trade.phase) >= ORDER.indexOf(before.phase);
        expect(steps.every(isForward)).toBe(true);
        expect(steps.filter(({ before }) => isEnded(before)).flatMap(({ commands }) => commands)).toEqual([]);
      }),
    );
  });

  test('an open trade that nobody protects or arms is being closed', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const { trade, commands } = run(events);
        const steps = commands.map((command) => command.do);
        const isCaredFor = steps.includes('arm') || steps.includes('protect');
        expect(isCaredFor || trade.phase !== 'open').toBe(true);
        expect(steps.includes('confirmExit') || trade.phase !== 'closing').toBe(true);
      }),
    );
  });
});
