import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');

test('docker-compose gives the master key to those that seal or open trading keys, and to nobody else', () => {
  const services = [...compose.matchAll(/^ {2}(\w[\w-]*):\n((?: {4}.*\n|\n)*)/gm)];
  const holders = services.filter(([, , block]) => /\*signing|MASTER_KEY/.test(block ?? ''));
  expect(services.length).toBeGreaterThan(6);
  expect(holders.map(([, name]) => name)).toEqual(['api', 'trading', 'watch']);
  const [shared = ''] = /^x-signalman:[\s\S]*?^$/m.exec(compose) ?? [];
  expect(shared).toContain('DATABASE_URL');
  expect(shared).not.toContain('MASTER_KEY');
});
