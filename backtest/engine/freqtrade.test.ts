import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runPortfolio } from './run-portfolio.ts';
import { callsEvery, candleSeries, freeMarket, taskRules, wanderingMinutes } from './testing.ts';

type Closed = [
  enteredAt: number,
  exitedAt: number,
  side: string,
  entry: number,
  exit: number,
  reason: string,
];

const reference: { seed: number; candles: number; every: number; opened: number; closed: Closed[] } =
  JSON.parse(
    readFileSync(
      new URL('../../tests/fixtures/backtest/freqtrade-independent.json', import.meta.url),
      'utf8',
    ),
  );

/** Names of reasons there; a target is its table of returns. */
const REASONS: Readonly<Record<string, string>> = {
  stop_loss: 'stop_loss',
  take_profit: 'roi',
  trailing_stop: 'trailing_stop_loss',
};

test(`with the favourable extreme first, ${reference.closed.length} independent trades end as freqtrade ends them`, () => {
  const series = candleSeries(wanderingMinutes(reference.seed, reference.candles));
  const rules = taskRules('best', { independent: true });
  const calls = callsEvery(reference.every, series);
  const { trades } = runPortfolio(calls, new Map([['BTC', freeMarket(series)]]), rules);
  expect(trades).toHaveLength(reference.opened);
  const ours = trades.flatMap(({ enteredAt, entryPrice, exits: [exit], remaining, position }) =>
    exit && remaining.isZero()
      ? [[enteredAt, exit.t, position.side, Number(entryPrice), Number(exit.price), REASONS[exit.reason]]]
      : [],
  );
  const inOrder = (one: readonly unknown[], other: readonly unknown[]) => Number(one[0]) - Number(other[0]);
  // freqtrade rounds prices to the grid by binary numbers, which differ from decimals in the last digits.
  const rounded = (row: readonly unknown[]) =>
    row.map((cell, at) => (at === 3 || at === 4 ? Number(Number(cell).toPrecision(11)) : cell));
  expect(ours.map(rounded).toSorted(inOrder)).toEqual(reference.closed.map(rounded).toSorted(inOrder));
});
