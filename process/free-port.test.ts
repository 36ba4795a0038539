import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, freePorts } from './free-port.ts';

test('the preferred port is taken while it is free', async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await freePort(port)).not.toBe(port);
  server.close();
});

test('several ports are all different, whatever is preferred', async () => {
  const port = await freePort();
  const ports = await freePorts([port, port, undefined]);
  expect(new Set(ports).size).toBe(3);
});
