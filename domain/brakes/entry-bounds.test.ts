import { describe, expect, test } from 'vitest';
import type { Brake } from './brake.ts';
import { refuseByBounds, refuseByRoom, type ExposureRoom } from './entry-bounds.ts';

const AT = Date.UTC(2026, 5, 1, 12);
const everywhere: Brake = {
  id: '1',
  scope: 'system',
  code: 'entries_braked',
  reason: 'news.',
  setBy: 'owner',
};
const atOstium: Brake = {
  id: '2',
  scope: 'venue',
  venue: 'ostium',
  code: 'venue_braked',
  reason: 'prices lag',
  setBy: 'owner',
  until: AT,
};
const room: ExposureRoom = {
  code: 'exposure_reached',
  scope: 'system',
  limitUsd: '5000',
  heldUsd: '4000',
  leftUsd: '1000',
};

describe('a brake', () => {
  test('refuses with its reason and its end', () => {
    expect(refuseByBounds({ brakes: [everywhere] }, null)).toEqual({
      code: 'entries_braked',
      text: 'Entries are stopped. news. It ends when a person releases it.',
    });
    expect(refuseByBounds({ brakes: [atOstium] }, 'ostium')?.text).toBe(
      'Entries at the venue are stopped. prices lag. It ends at 2026-06-01T12:00:00.000Z, or when a person releases it.',
    );
  });

  test('at a venue holds there, and one everywhere at each venue', () => {
    expect(refuseByBounds({ brakes: [atOstium] }, null)).toBeNull();
    expect(refuseByBounds({ brakes: [atOstium] }, 'hyperliquid')).toBeNull();
    expect(refuseByBounds({ brakes: [everywhere] }, 'hyperliquid')?.code).toBe('entries_braked');
  });
});

test('a limit of entries a minute names its end', () => {
  expect(refuseByBounds({ rate: { scope: 'deployment', limit: 3, until: AT } }, null)).toEqual({
    code: 'entry_rate_reached',
    text: 'As many entries were made in a minute as the limit allows. 3 a minute for the deployment. It ends at 2026-06-01T12:00:00.000Z.',
  });
});

test('room takes what it leaves and no more', () => {
  expect(refuseByRoom(undefined, '1000000')).toBeNull();
  expect(refuseByRoom(room, '1000')).toBeNull();
  expect(refuseByRoom(room, '1000.01')?.text).toContain(
    'Open: 4000 of 5000 USD of all deployments together.',
  );
});
