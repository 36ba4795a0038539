import { expect, test } from 'vitest';
import { MAX_ANNOUNCED, readSignalAnnouncement, writeSignalAnnouncement } from './signal-announcements.ts';

const announcement = {
  signalId: 'a',
  symbol: 'BTC',
  side: 'long',
  agentName: 'momentum',
  deploymentIds: ['b', 'c'],
  isWhole: true,
} as const;
/** PostgreSQL refuses a notification of this many bytes. */
const MAX_PAYLOAD_BYTES = 8_000;

test('an announcement is read as it was written', () => {
  expect(readSignalAnnouncement(writeSignalAnnouncement(announcement))).toEqual(announcement);
});

test('the largest one fits into a notification', () => {
  const id = '0190a5f0-0000-7000-8000-000000000000';
  const largest = {
    signalId: id,
    symbol: 'BTC',
    side: 'short' as const,
    agentName: 'x'.repeat(60),
    deploymentIds: Array.from({ length: MAX_ANNOUNCED }, () => id),
    isWhole: false,
  };
  expect(Buffer.byteLength(writeSignalAnnouncement(largest))).toBeLessThan(MAX_PAYLOAD_BYTES);
});

test.each([
  '',
  'nonsense',
  'null',
  '[]',
  '{"signalId":1}',
  '{"signalId":"a","symbol":"BTC","side":"long","agentName":"m","deploymentIds":[1],"isWhole":true}',
  '{"signalId":"a","side":"long","agentName":"m","deploymentIds":["b"],"isWhole":true}',
  '{"signalId":"a","symbol":"BTC","side":"up","agentName":"m","deploymentIds":["b"],"isWhole":true}',
  '{"signalId":"a","symbol":"BTC","side":"long","deploymentIds":["b"],"isWhole":true}',
])('what is none is passed over: %j', (payload) => {
  expect(readSignalAnnouncement(payload)).toBeNull();
});
