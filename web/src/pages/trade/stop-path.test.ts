import { expect, test } from 'vitest';
import { stopPath } from './stop-path.ts';

test('the stop is followed from the entry over each move', () => {
  const events = [
    { type: 'planned', text: 'Planned long 3605.2 ARB on hyperliquid near 0.41606', at: 1 },
    {
      type: 'opened',
      text: 'Entry filled: long 3605.2 ARB at 0.41576 on hyperliquid, stop resting at 0.39942',
      at: 2,
    },
    { type: 'armed', text: 'On watch from 0.41576: stop 0.39942, 0 targets resting, 1 trailing step', at: 3 },
    { type: 'stop_moved', text: 'Stop moved from 0.39942 to 0.41444 for 3605.2 (trailing_stop)', at: 4 },
  ];
  expect(stopPath({ events })).toEqual([
    { at: 2, price: '0.39942' },
    { at: 4, price: '0.41444' },
  ]);
});

test('a trade that was never entered has no stop', () => {
  expect(stopPath({ events: [{ type: 'skipped', text: 'Too small', at: 1 }] })).toEqual([]);
});
