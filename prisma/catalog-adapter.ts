import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { Client, Pool, type PoolConfig, type QueryConfig } from 'pg';

/** Postgres' internal one-letter type, spelled "char" with the quotes; only the system catalogs use it. */
const LETTER_OID = 18;
const TEXT_OID = 25;
const LETTER_COLUMNS = new Set(['constraint_type', 'confdeltype', 'confupdtype']);

/**
 * Prisma's Postgres adapter, able to read the system catalogs as well. The plain one refuses the "char" type, which
 * the schema engine asks for whenever it describes a database, and its shadow database is the real one when it is
 * given a connection string.
 */
export function catalogAdapter(databaseUrl: string): CatalogAdapter {
  const config = configOf(databaseUrl);
  const pools: Pool[] = [];
  return {
    factory: {
      provider: 'postgres',
      adapterName: 'signalman-catalog',
      connect: () => connect(config, pools),
      connectToShadowDb: () => connectToShadow(config, pools),
    },
    async close() {
      await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()));
    },
  };
}

export interface CatalogAdapter {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  /** Ends the connections, which the engine leaves open together with the advisory lock it took on one of them. */
  close(): Promise<void>;
}

/** A pool that hands out "char" as text, which the adapter knows. */
function catalogPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  const query = pool.query.bind(pool);
  return Object.assign(pool, {
    // Of the ways to call it, the adapter uses this one alone.
    async query(text: QueryConfig, values?: unknown[]) {
      const result = await query(text, values);
      for (const field of result.fields) if (field.dataTypeID === LETTER_OID) field.dataTypeID = TEXT_OID;
      return result;
    },
  });
}

async function connect(config: PoolConfig, pools: Pool[]): Promise<SqlDriverAdapter> {
  const pool = catalogPool(config);
  pools.push(pool);
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type, column) =>
      LETTER_COLUMNS.has(result.columnNames[column] ?? '') ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  return adapter;
}

/** An empty database beside the real one, dropped again when the engine is done with it. */
async function connectToShadow(config: PoolConfig, pools: Pool[]): Promise<SqlDriverAdapter> {
  const database = `signalman_shadow_${randomUUID().replaceAll('-', '')}`;
  await execute(config, `CREATE DATABASE ${database}`);
  const adapter = await connect({ ...config, database }, pools);
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await execute(config, `DROP DATABASE ${database} WITH (FORCE)`);
  };
  return adapter;
}

async function execute(config: PoolConfig, sql: string): Promise<void> {
  const client = new Client(config);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function configOf(databaseUrl: string): PoolConfig {
  const { host, port, user, password, database, ssl } = new Client({ connectionString: databaseUrl });
  return { host, port, user, password, database, ssl, connectionTimeoutMillis: 10_000 };
}
