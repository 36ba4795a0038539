import { expect, test } from 'vitest';
import { openDatabase } from '#prisma/client.ts';
import { createBarRecorder } from './bar-recorder.ts';

/** Nothing is written down here, so that nothing listens at this address. */
const recorder = () => createBarRecorder(openDatabase('postgres://nobody@127.0.0.1:1/none'), 'hyperliquid');

const record = (bars: ReturnType<typeof recorder>, untilMs: number) => {
  for (let t = 0; t <= untilMs; t += 1_000) bars.add({ symbol: 'BTC', price: String(50_000 + t), t });
};

test('single prices are remembered for as long as nobody says that they are not needed', () => {
  const bars = recorder();
  record(bars, 120_000);
  expect(bars.recent('BTC', 1_000)).toHaveLength(120);
});

test('what is not needed any more is forgotten, and said to be', () => {
  const bars = recorder();
  bars.rememberFrom(100_000);
  record(bars, 120_000);
  expect(bars.recent('BTC', 1_000)).toBeNull();
  expect(bars.recent('BTC', 100_000)).toHaveLength(21);
});

test('a number of prices is the most that is remembered', () => {
  const bars = recorder();
  record(bars, 5_000_000);
  expect(bars.recent('BTC', 0)).toBeNull();
  expect(bars.recent('BTC', 4_000_000)).toHaveLength(1_001);
});

test('prices of before a break are not told as if none were missing', () => {
  const bars = recorder();
  record(bars, 10_000);
  bars.breakOff();
  bars.add({ symbol: 'BTC', price: '51000', t: 15_000 });
  expect(bars.recent('BTC', 5_000)).toBeNull();
  expect(bars.recent('BTC', 15_000)).toHaveLength(1);
});

test('no price is missing of a quiet instrument whose last one is forgotten', () => {
  const bars = recorder();
  bars.add({ symbol: 'BTC', price: '50000', t: 1_000 });
  bars.rememberFrom(100_000);
  bars.add({ symbol: 'BTC', price: '50150', t: 100_050 });
  expect(bars.recent('BTC', 1_000)).toBeNull();
  expect(bars.recent('BTC', 100_000)).toMatchObject([{ price: '50150' }]);
});
