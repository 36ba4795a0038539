import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { agentInput } from './agent.ts';
import { signalInput } from './signal.ts';
import { closeInput, tradeParams, tradeQuery } from './trade.ts';

const AGENT_ID = '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57';
const placesOf = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input).error?.issues.map(({ path }) => path.join('/'));

describe('inputs', () => {
  test('an agent needs only a name', () => {
    expect(agentInput.parse({ name: 'momentum' })).toMatchObject({
      venuePreference: [],
      minConfidence: 0.5,
      sources: [],
    });
  });

  test('misspelt fields are refused, at any depth', () => {
    expect(placesOf(agentInput, { name: 'a', minConfidense: 1 })).toEqual(['']);
    expect(placesOf(agentInput, { name: 'a', barriers: { stopLos: { pct: 5 } } })).toEqual([
      'barriers/stopLos',
    ]);
  });

  test('amounts must be plain decimals above zero', () => {
    const signal = { agentId: AGENT_ID, instrument: 'BTC', side: 'long' };
    for (const referencePrice of ['1e5', '-1', '0', 'NaN', ' 1', 50_000]) {
      expect(placesOf(signalInput, { ...signal, referencePrice })).toEqual(['referencePrice']);
    }
    expect(signalInput.parse({ ...signal, referencePrice: '0.00012' })).toMatchObject({ venue: 'MULTI' });
  });

  test('a stop by percent of price stays below 100', () => {
    const barriers = { stopLoss: { pct: 100 } };
    expect(placesOf(agentInput, { name: 'a', barriers })).toEqual(['barriers/stopLoss/pct']);
  });
});

describe('trades', () => {
  test('are named by six characters and more', () => {
    expect(tradeParams.parse({ id: '4C8E0B57' })).toEqual({ id: '4c8e0b57' });
    expect(placesOf(tradeParams, { id: '4c8e' })).toEqual(['id']);
    expect(placesOf(tradeParams, { id: "4c8e0b57' --" })).toEqual(['id']);
  });

  test('are filtered by one phase or several', () => {
    expect(tradeQuery.parse({ phase: 'open,closing' }).phase).toEqual(['open', 'closing']);
    expect(placesOf(tradeQuery, { phase: 'open,flying' })).toEqual(['phase']);
  });

  test('are closed without a body, and never waited for beyond 30 s', () => {
    expect(closeInput.parse(null)).toEqual({ wait: false, waitMs: 10_000 });
    expect(placesOf(closeInput, { wait: true, waitMs: 60_000 })).toEqual(['waitMs']);
  });
});
