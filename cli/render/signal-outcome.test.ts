import { expect, test } from 'vitest';
import type { Trade } from '#api/schemas/trade.ts';
import { outcomeLines } from './signal-outcome.ts';

const ID = '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57';
const TRADE: Trade = {
  id: ID,
  signalId: ID,
  deploymentId: ID,
  agentName: 'momentum',
  symbol: 'BTC',
  side: 'long',
  venue: 'hyperliquid',
  phase: 'open',
  paused: false,
  entrySize: '0.1',
  entryPrice: '50000',
  remainingSize: '0.1',
  stopPrice: '47500',
  stopKind: 'stop_loss',
  exitPrice: null,
  exitReason: null,
  refusal: null,
  grossPnlUsd: null,
  feesUsd: null,
  fundingUsd: null,
  netPnlUsd: null,
  unprotectedMs: 0,
  createdAt: 1,
  openedAt: 2,
  closedAt: null,
};
const SKIPPED: Trade = {
  ...TRADE,
  phase: 'skipped',
  entrySize: null,
  entryPrice: null,
  refusal: { code: 'too_small', text: 'It comes to 0.' },
};
const skip = (deploymentId: string | null, code: string) => ({
  id: ID,
  signalId: ID,
  messageId: null,
  deploymentId,
  code,
  text: 'Why.',
  createdAt: 3,
});

test('an open trade is told with its size, price and stop', () => {
  expect(outcomeLines({ skips: [] }, [TRADE])).toEqual([
    'trade 4c8e0b57: open, 0.1 at 50000 on hyperliquid, stop 47500; see: signalman trade 4c8e0b57',
  ]);
});

test('a call that nobody takes is told once for each reason', () => {
  const skips = [skip(ID, 'too_small'), skip('other', 'deployment_paused'), skip(null, 'duplicate_signal')];
  expect(outcomeLines({ skips }, [SKIPPED])).toEqual([
    'trade 4c8e0b57: not taken (too_small): It comes to 0.',
    'not traded (deployment_paused): Why.',
  ]);
});
