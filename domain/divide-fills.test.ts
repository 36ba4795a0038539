import { expect, test } from 'vitest';
import { divideFills, ownPart, type TradeFill } from './divide-fills.ts';
import { amount } from './money.ts';

let clock = 0;
const fill = (side: 'buy' | 'sell', size: string, by: Partial<TradeFill> = {}): TradeFill => ({
  side,
  size,
  price: '100',
  feeUsd: '0.3',
  isOwn: true,
  positionBefore: null,
  liquidation: false,
  time: (clock += 1),
  ...by,
});
const byHand = { isOwn: false };

/** What is left of a long trade, and what another hand holds beside it. */
function after(...fills: TradeFill[]): { left: string; beside: string; taken: string } {
  const { left, beside, takenByHand } = divideFills('long', fills);
  return { left: left.toFixed(), beside: beside.toFixed(), taken: takenByHand.toFixed() };
}

test('what another hand adds is its own, and goes first', () => {
  const [entry, added] = [fill('buy', '10'), fill('buy', '4', byHand)];
  expect(after(entry, added)).toEqual({ left: '10', beside: '4', taken: '0' });
  expect(after(entry, added, fill('sell', '3', byHand))).toEqual({ left: '10', beside: '1', taken: '0' });
  expect(after(entry, added, fill('sell', '9', byHand))).toEqual({ left: '5', beside: '0', taken: '5' });
});

test('another hand that goes the other way closes ours, and holds what is beyond', () => {
  expect(after(fill('buy', '10'), fill('sell', '6', byHand))).toEqual({ left: '4', beside: '0', taken: '6' });
  expect(after(fill('buy', '10'), fill('sell', '10', byHand), fill('buy', '3', byHand))).toEqual({
    left: '0',
    beside: '3',
    taken: '10',
  });
  expect(after(fill('buy', '10'), fill('sell', '15', byHand))).toEqual({
    left: '0',
    beside: '-5',
    taken: '10',
  });
});

test('profit is made of own fills and of the part of a liquidation that was ours', () => {
  const fills = [
    fill('buy', '10'),
    fill('buy', '5', byHand),
    fill('sell', '4'),
    fill('sell', '11', { isOwn: false, liquidation: true, feeUsd: '1.1' }),
  ];
  const { entries, exits, left, closing } = divideFills('long', fills);
  expect(entries).toHaveLength(1);
  expect(exits.map(({ size, feeUsd }) => [size, feeUsd])).toEqual([
    ['4', '0.3'],
    ['6', '0.6'],
  ]);
  expect(left.toFixed()).toBe('0');
  expect(closing).toBe(fills[3]);
});

test('what our orders close beyond ours is the other hand’s, but for its fee', () => {
  const fills = [fill('buy', '10'), fill('buy', '5', byHand), fill('sell', '10'), fill('sell', '3')];
  const { left, beside, beyond, exits, closing } = divideFills('long', fills);
  expect([left, beside, beyond].map((size) => size.toFixed())).toEqual(['0', '2', '3']);
  expect(exits.map(({ size, feeUsd }) => [size, feeUsd])).toEqual([
    ['10', '0.3'],
    ['0', '0.3'],
  ]);
  expect(closing).toBe(fills[2]);
  const split = divideFills('long', [fill('buy', '10'), fill('buy', '5', byHand), fill('sell', '12')]);
  expect(split.exits).toMatchObject([{ size: '10', feeUsd: '0.3' }]);
});

test('what another hand held on our side before our entry is its own, and goes first', () => {
  const entry = [fill('buy', '6', { positionBefore: '7' }), fill('buy', '4', { positionBefore: '13' })];
  expect(after(...entry)).toEqual({ left: '10', beside: '7', taken: '0' });
  expect(after(...entry, fill('sell', '7', byHand))).toEqual({ left: '10', beside: '0', taken: '0' });
  expect(after(...entry, fill('sell', '9', byHand))).toEqual({ left: '8', beside: '0', taken: '2' });
});

test('what another hand held the other way round before our entry counts for nothing', () => {
  const entry = fill('buy', '10', { positionBefore: '-3' });
  expect(after(entry, fill('sell', '4', byHand))).toEqual({ left: '6', beside: '0', taken: '4' });
  const short = [fill('sell', '10', { positionBefore: '-3' }), fill('buy', '4', byHand)];
  expect(divideFills('short', short).left.toFixed()).toBe('9');
});

test('what another hand did before our entry counts for nothing', () => {
  expect(after(fill('sell', '10', byHand), fill('buy', '10'))).toEqual({
    left: '10',
    beside: '0',
    taken: '0',
  });
});

test('of a position at the venue no more is ours than our fills left, on our side', () => {
  expect(ownPart('long', amount('10'), '14').toFixed()).toBe('10');
  expect(ownPart('long', amount('10'), '4').toFixed()).toBe('4');
  expect(ownPart('long', amount('10'), '-4').toFixed()).toBe('0');
  expect(ownPart('short', amount('10'), '-4').toFixed()).toBe('4');
});

test('an entry and its end within one second of a chain count in their order, whichever was told first', () => {
  const [close, entry] = [fill('sell', '10', { time: 5 }), fill('buy', '10', { time: 5 })];
  const { left, closing } = divideFills('long', [close, entry]);
  expect({ left: left.toFixed(), closing }).toEqual({ left: '0', closing: close });
});
