import { expect, test } from 'vitest';
import { readNews } from './news.ts';
import { topicsOf } from './topics.ts';

const EVENT = { id: '8.4', type: 'settled', text: 'Closed', tradeId: 'a', symbol: 'BTC', data: {}, at: 1 };

test('an event of a trade is read with its place', () => {
  expect(readNews('trade', JSON.stringify(EVENT))).toEqual({
    id: '8.4',
    about: 'trade',
    type: 'settled',
    text: 'Closed',
    tradeId: 'a',
    symbol: 'BTC',
  });
});

test.each(['', '[]', 'null', '{"id":4}', '{'])('%j is no event', (data) => {
  expect(readNews('trade', data)).toBeNull();
});

test('a bill is read again when a trade is billed, and brakes when the system changes', () => {
  const news = readNews('trade', JSON.stringify({ ...EVENT, type: 'billed' }));
  expect(news && topicsOf(news)).toContain('bills');
  const system = readNews('system', JSON.stringify({ ...EVENT, type: 'brake_set', tradeId: null }));
  expect(system && topicsOf(system)).toContain('brakes');
});
