import { expect, test } from 'vitest';
import { summarizeTrade } from './trade-summary.ts';

/** The server's limit for the summary of a workflow. */
const MAX_SUMMARY_BYTES = 400;

test('a trade is named by what is traded and for which agent', () => {
  const call = { symbol: 'BTC', side: 'long' } as const;
  expect(summarizeTrade({ ...call, agentName: 'macro_mara 1' })).toBe('BTC long, macro_mara 1');
  expect(summarizeTrade(call)).toBe('BTC long, from the books');
});

test('no name is too long for the server', () => {
  const summary = summarizeTrade({ symbol: 'x'.repeat(300), side: 'short', agentName: 'y'.repeat(300) });
  expect(Buffer.byteLength(summary)).toBeLessThan(MAX_SUMMARY_BYTES);
});
