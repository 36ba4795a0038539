import { Client as PgClient } from 'pg';

/** A `LISTEN` connection. It may be lost and notifications with it, so its user also polls. */
export interface ChangeListener {
  /** Connects where there is no connection; to be called again now and then. Throws when it cannot. */
  ensure(): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

export function createChangeListener(
  connectionString: string,
  channel: string,
  onChange: (payload: string) => void,
): ChangeListener {
  let current: PgClient | null = null;
  // Set from the first attempt on, so that one that takes long is not joined by others.
  let isTaken = false;

  const lose = (client: PgClient) => {
    if (current !== client) return;
    current = null;
    isTaken = false;
  };

  async function connect(client: PgClient): Promise<void> {
    client.on('notification', ({ payload }) => onChange(payload ?? ''));
    client.on('error', () => lose(client));
    client.on('end', () => lose(client));
    current = client;
    await client.connect();
    await client.query(`LISTEN ${channel}`);
  }

  return {
    async ensure() {
      if (isTaken) return;
      isTaken = true;
      const client = new PgClient({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
      try {
        await connect(client);
      } catch (error) {
        lose(client);
        await client.end().catch(() => undefined);
        throw error;
      }
    },
    async close() {
      isTaken = true;
      await current?.end().catch(() => undefined);
    },
  };
}
