import { Client as PgClient } from 'pg';

/** A right that one process at a time has, for as long as its connection to the database lasts. */
export interface SoleHolder {
  /** Returns whether this process has the right, after trying to get it. Throws when the database does not answer. */
  hold(): Promise<boolean>;
  /** Gives it back. */
  release(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

export function createSoleHolder(connectionString: string, name: string): SoleHolder {
  let client: PgClient | null = null;
  const lose = async () => {
    const lost = client;
    client = null;
    await lost?.end().catch(() => undefined);
  };
  return {
    async hold() {
      if (client) return true;
      const fresh = new PgClient({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
      fresh.on('error', () => void lose());
      fresh.on('end', () => void lose());
      client = fresh;
      try {
        await fresh.connect();
        const { rows } = await fresh.query<{ held: boolean }>(
          'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
          [name],
        );
        if (rows[0]?.held === true) return true;
      } catch (error) {
        await lose();
        throw error;
      }
      await lose();
      return false;
    },
    release: lose,
  };
}
