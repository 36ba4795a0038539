import { expect, it } from 'vitest';
import { parseFault } from './fault-spec.ts';

const CLOID = `0x${'0C'.repeat(16)}`;
const USER = '0x14791697260E4c9A71f18484C9f997B308e59325';

it.each([
  ['loseAnswer:order', { kind: 'loseAnswer', action: 'order' }],
  ['http=429:order:count=3', { kind: 'http', status: 429, action: 'order', count: 3 }],
  ['delay=2000:info', { kind: 'delay', ms: 2_000, action: 'info' }],
  [
    'refuse="Insufficient margin: 10 asset=0":for=60s:order',
    { kind: 'refuse', error: 'Insufficient margin: 10 asset=0', action: 'order', durationMs: 60_000 },
  ],
  ['refuse=Too many open orders', { kind: 'refuse', error: 'Too many open orders' }],
  ['partialFill=0.4', { kind: 'partialFill', fraction: 0.4 }],
  ['rejectTrigger:for=500ms', { kind: 'rejectTrigger', durationMs: 500 }],
  [
    'loseRequest:cancel:for=2m:count=2',
    { kind: 'loseRequest', action: 'cancel', durationMs: 120_000, count: 2 },
  ],
  [
    `delay=1:order:user=${USER}:cloid=${CLOID}`,
    { kind: 'delay', ms: 1, action: 'order', user: USER.toLowerCase(), cloid: CLOID.toLowerCase() },
  ],
  ['stale=3000:fills:for=60s', { kind: 'stale', ms: 3_000, action: 'fills', durationMs: 60_000 }],
  ['stale=500:openOrders:count=2', { kind: 'stale', ms: 500, action: 'openOrders', count: 2 }],
  ['http=503:exchange:for=5s', { kind: 'http', status: 503, action: 'exchange', durationMs: 5_000 }],
])('reads %s', (spec, fault) => {
  expect(parseFault(spec)).toEqual(fault);
});

it.each([
  ['', 'kind of fault must be one of refuse, delay, loseAnswer, '],
  ['lose:order', ', not lose'],
  ['refuse', 'needs the text of the refusal'],
  ['refuse="Insufficient margin', 'a double quote is not closed'],
  ['refuse="no":info', 'action must be one of order, modify, batchModify, cancel, cancelByCloid, not info'],
  ['loseAnswer=1', 'takes no value, not 1'],
  ['http=200', 'needs a number from 400 to 599, not 200'],
  ['http=429.5', 'needs a whole number, not 429.5'],
  ['http', 'not nothing'],
  ['partialFill=2', 'needs a number from 0 to 1, not 2'],
  ['delay=1:orders', ', not orders'],
  ['delay=1:count=0', 'needs a number from 1'],
  ['delay=1:for=60', 'for= needs a time such as 60s, not 60'],
  ['delay=1:order:info', 'says twice what it is for (action)'],
  ['delay=1:cloid=7', 'needs 0x and 32 hex digits, not 7'],
  [`http=500:user=${USER}`, 'cannot be for one user'],
  ['stale', 'needs a number from 1'],
  ['stale=100:order', ', not order'],
])('refuses %j', (spec, text) => {
  expect(() => parseFault(spec)).toThrow(text);
});
