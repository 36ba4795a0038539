import { expect, it } from 'vitest';
import { parseOstiumFault } from './ostium-fault-spec.ts';

it.each([
  ['rpcBehind=5:node=1', { kind: 'rpcBehind', blocks: 5, node: 1 }],
  ['rpcLoseAnswer:eth_sendRawTransaction', { kind: 'rpcLoseAnswer', method: 'eth_sendRawTransaction' }],
  ['rpcNull:eth_call:for=12s', { kind: 'rpcNull', method: 'eth_call', durationMs: 12_000 }],
  ['rpcStatus=503:count=3:node=0', { kind: 'rpcStatus', status: 503, count: 3, node: 0 }],
  ['keeperSlow=60000', { kind: 'keeperSlow', delayMs: 60_000 }],
  ['pricesDown:for=1m', { kind: 'pricesDown', durationMs: 60_000 }],
  ['delist=EUR-USD', { kind: 'delist', pair: 'EUR-USD' }],
])('reads %s', (spec, fault) => {
  expect(parseOstiumFault(spec)).toEqual(fault);
});

it.each([
  ['lose', 'kind of fault must be one of rpcStatus, '],
  ['rpcBehind', 'needs a number from 1'],
  ['pricesDown=1', 'takes no value, not 1'],
  ['pricesDown:eth_call', 'must be count=N or for=60s, not eth_call'],
  ['rpcNull', 'needs the method'],
  ['rpcDelay=5:call', 'must be a method such as eth_call, not call'],
])('refuses %j', (spec, text) => {
  expect(() => parseOstiumFault(spec)).toThrow(text);
});
