import { createServer, type Server } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Returns a free TCP port of the loopback address: `preferred` when it is free. */
export async function freePort(preferred?: number): Promise<number> {
  const server = await listenAt(preferred);
  const port = portOf(server);
  await close(server);
  return port;
}

/** As many different free ports as there are wishes, each the wished one where that is free. */
export async function freePorts(preferred: readonly (number | undefined)[]): Promise<number[]> {
  // All stay bound until the last is found, so that none is handed out twice.
  const servers: Server[] = [];
  try {
    for (const wish of preferred) {
      servers.push(await listenAt(wish));
    }
    return servers.map(portOf);
  } finally {
    await Promise.all(servers.map(close));
  }
}

async function listenAt(preferred: number | undefined): Promise<Server> {
  try {
    return await listen(preferred ?? 0);
  } catch {
    return listen(0);
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
