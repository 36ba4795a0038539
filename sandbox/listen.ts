import type { Server } from 'node:http';

/** Starts to listen and returns the base address, `http://HOST:PORT`. Rejects if the port is taken. */
export function listen(server: Server, { port = 0, host = '127.0.0.1' }: ListenOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(`http://${host}:${portOf(server)}`));
  });
}

/** Where to listen; port 0, the default, takes a free one. */
export interface ListenOptions {
  readonly port?: number;
  readonly host?: string;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Stops listening and cuts every connection. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
