import { Client } from 'pg';

/** Ends every connection to a database and lets none in any more. Returns how to let them in again. */
export async function cutDatabase(url: string): Promise<() => Promise<void>> {
  const name = new URL(url).pathname.slice(1);
  await inPostgres(url, async (client) => {
    await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  });
  return () =>
    inPostgres(url, async (client) => {
      await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
    });
}

async function inPostgres(databaseUrl: string, work: (client: Client) => Promise<void>): Promise<void> {
  const url = new URL(databaseUrl);
  url.pathname = 'postgres';
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
