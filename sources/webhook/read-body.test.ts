import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';

const read = (body: unknown) => readBody(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
const OPEN = { action: 'open', instrument: 'BTC', side: 'long' };

test('a call in fields is read with every field it has', () => {
  const body = {
    ...OPEN,
    side: 'BUY',
    entry: 62000,
    stop: '60500.5',
    targets: [64000, '5%'],
    leverage: 3,
    size: { usd: '500' },
    id: 'alert-1',
    author: 'my bot',
    timestamp: '2026-01-01T00:00:00Z',
    max_lag: 60,
  };
  expect(read(body)).toEqual({
    ok: true,
    message: {
      text: JSON.stringify(body),
      call: {
        action: 'open',
        instrument: 'BTC',
        side: 'long',
        entry: '62000',
        stop: { price: '60500.5' },
        targets: [{ price: '64000' }, { pct: 5 }],
        leverage: 3,
        size: { mode: 'fixedNotional', notionalUsd: '500' },
      },
      id: 'alert-1',
      author: 'my bot',
      sentAt: Date.UTC(2026, 0, 1),
      maxLagS: 60,
    },
  });
});

test('what is left out is left to the agent', () => {
  expect(read(OPEN)).toMatchObject({
    ok: true,
    message: { call: { entry: null, stop: null, targets: [], leverage: null, size: null }, id: null },
  });
  expect(read({ action: 'close', instrument: 'BTC' })).toMatchObject({
    message: { call: { action: 'close', instrument: 'BTC', side: null } },
  });
});

test('words come as text, as a field, and as the data of an event', () => {
  const text = 'Long BTC, stop 60500';
  expect(read(text)).toMatchObject({ ok: true, message: { text, call: null } });
  expect(read({ text, id: 7 })).toMatchObject({ ok: true, message: { text, id: '7' } });
  const event = { type: 'signal.posted', timestamp: '2026-01-01T00:00:00Z', data: { text } };
  expect(read(event)).toMatchObject({ ok: true, message: { text } });
});

test.each(['\u200Blong\u200B BTC', 'שורט ביטקוין', 'nul \u0000 in it', ' \n spaces '])(
  'words stay as they are: %j',
  (text) => {
    expect(read({ text })).toMatchObject({ ok: true, message: { text } });
    expect(read(text)).toMatchObject({ ok: true, message: { text } });
  },
);

test.each([
  ['1735689600', Date.UTC(2025, 0, 1)],
  [1735689600000, Date.UTC(2025, 0, 1)],
  ['2025-01-01T02:00:00+02:00', Date.UTC(2025, 0, 1)],
])('the time %s is read', (timestamp, at) => {
  expect(read({ text: 'x', timestamp })).toMatchObject({ message: { sentAt: at } });
});

const pointers = (body: unknown) => {
  const result = read(body);
  return result.ok ? 'ok' : result.problems.map(({ pointer }) => pointer);
};

test.each([
  [{ action: 'open', side: 'long' }, ['/instrument']],
  [{ ...OPEN, side: 'flat' }, ['/side']],
  [{ ...OPEN, stop: -1 }, ['/stop']],
  [{ ...OPEN, stop: 'soon' }, ['/stop']],
  [{ ...OPEN, stop: { price: 1 } }, ['/stop']],
  [{ ...OPEN, stopp: 60_500 }, ['/stopp']],
  [{ ...OPEN, 'a/b~c': 1 }, ['/a~1b~0c']],
  [{ ...OPEN, targets: [64_000, 0] }, ['/targets/1']],
  [{ ...OPEN, targets: [1, 2, 3, 4, 5, 6] }, ['/targets']],
  [{ ...OPEN, leverage: 1.5 }, ['/leverage']],
  [{ ...OPEN, leverage: 51 }, ['/leverage']],
  [{ ...OPEN, size: 5 }, ['/size']],
  [{ ...OPEN, size: { usd: 1, equityPercent: 2 } }, ['/size']],
  [{ ...OPEN, entry: '1e400' }, ['/entry']],
  [{ ...OPEN, timestamp: '2026-01-01 00:00' }, ['/timestamp']],
  [{ action: 'buy', instrument: 'BTC' }, ['/action']],
  [{ type: 'signal', data: { action: 'open', instrument: 'BTC' } }, ['/data/side']],
  [{ text: '' }, ['/text']],
  [{ words: 'long BTC' }, ['/text', '/words']],
  [[OPEN], ['']],
  ['"long BTC"', ['']],
  ['{"action":"open","instrument":"BTC","side":"long","stop":}', ['']],
  ['', ['']],
  ['  \n', ['']],
])('%j is wrong at %j', (body, expected) => {
  expect(pointers(body)).toEqual(expected);
});

test('a thousandth of a thousandth is a price, and no number is bent', () => {
  expect(read({ ...OPEN, entry: 0.000_000_12 })).toMatchObject({
    message: { call: { entry: '0.00000012' } },
  });
  expect(read({ ...OPEN, stop: '60500.123456789' })).toMatchObject({
    message: { call: { stop: { price: '60500.123456789' } } },
  });
});
