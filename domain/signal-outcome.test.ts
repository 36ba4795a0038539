import { expect, test } from 'vitest';
import { signalOutcome, type SignalFate, type SignalOutcome } from './signal-outcome.ts';

const NOW = 1_000;
const fate = (change: Partial<SignalFate>): SignalFate => ({
  expiresAt: NOW + 1,
  fannedOutAt: NOW - 1,
  phases: [],
  codes: [],
  ...change,
});

test.each<[string, SignalOutcome, Partial<SignalFate>]>([
  ['is on its way', 'pending', { fannedOutAt: null }],
  ['is on its way and over', 'expired', { fannedOutAt: null, expiresAt: NOW }],
  ['was offered, its trades not made yet', 'pending', {}],
  ['has a trade that looks for its venue', 'pending', { phases: ['routing'] }],
  ['has an entry at its venue though its time is over', 'pending', { phases: ['opening'], expiresAt: 1 }],
  ['has a trade', 'executed', { phases: ['open'] }],
  ['was traded by one of two', 'executed', { phases: ['closed', 'skipped'], codes: ['too_small'] }],
  ['was traded before all was offered', 'executed', { phases: ['settling'], fannedOutAt: null }],
  ['was refused by all', 'skipped', { phases: ['skipped'], codes: ['too_small', 'stale'] }],
  [
    'was refused by one, another is on its way',
    'pending',
    { phases: ['skipped', 'routing'], codes: ['stale'] },
  ],
  ['came too late for all', 'expired', { phases: ['skipped', 'skipped'], codes: ['stale'] }],
  ['has nobody to trade it', 'skipped', { codes: ['no_deployment'] }],
  ['was only made again', 'pending', { codes: ['duplicate_signal'] }],
])('a signal that %s is %s', (_what, outcome, change) => {
  expect(signalOutcome(fate(change), NOW)).toBe(outcome);
});
