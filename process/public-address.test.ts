import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isPublicAddress, openLookup } from './public-address.ts';

test.each(['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1', '172.32.0.1', '100.128.0.1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fe80::1',
  'ff02::1',
  'no address',
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('a connection goes to no private address that a name leads to', async () => {
  let isReached = false;
  const server = createServer(() => {
    isReached = true;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const failed = await new Promise((resolve) => {
    get({ host: 'localhost', port, lookup: openLookup(isPublicAddress), agent: false }).on('error', resolve);
  });
  server.close();
  expect(failed).toMatchObject({ code: 'private_address' });
  expect(isReached).toBe(false);
});
