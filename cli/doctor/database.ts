import { openDatabase, type Database } from '#prisma/client.ts';
import { findPendingMigrations } from '#prisma/pending-migrations.ts';
import { listSharedWallets } from '#prisma/repositories/key-holders.ts';
import type { MasterKey } from '#venues/keys/sealed-key.ts';
import type { LocalSystem } from '../find-api.ts';
import { broken, ok, reasonOf, type Finding } from './finding.ts';
import { checkBrakes } from './brakes.ts';
import { checkTradingKeys } from './trading-keys.ts';
import { checkUnreadCloses } from './unread-closes.ts';

/** Checks the database, its migrations, and whether the trading keys in it open. */
export async function checkDatabase(
  system: LocalSystem,
  masterKeys: readonly MasterKey[],
): Promise<Finding[]> {
  const found = findUrl(system);
  if (!found) {
    return [
      broken('database', 'none is running', 'start the system (npx signalman up), or set DATABASE_URL'),
    ];
  }
  const { url, from } = found;
  const { host, pathname } = new URL(url);
  const db = openDatabase(url, { poolSize: 2 });
  try {
    await db.$queryRaw`SELECT 1`;
    const reachable = ok('database', `${host}${pathname} answers`, from);
    const migrations = await checkMigrations(db);
    if (migrations.status !== 'ok') return [reachable, migrations];
    const keys = await checkTradingKeys(db, masterKeys);
    return [
      reachable,
      migrations,
      keys,
      ...(await checkSharedWallets(db)),
      ...(await checkUnreadCloses(db)),
      ...(await checkBrakes(db)),
    ];
  } catch (error) {
    const remedy = system.run
      ? `it is started again by itself; see npx signalman status, and its log in ${system.stateDir}/postgres`
      : 'start it, or correct DATABASE_URL';
    return [broken('database', `${host}${pathname}: ${reasonOf(error)}`, remedy, from)];
  } finally {
    await db.$disconnect();
  }
}

function findUrl({ environment, run, stateDir }: LocalSystem): { url: string; from: string } | null {
  if (environment.DATABASE_URL !== undefined) return { url: environment.DATABASE_URL, from: 'DATABASE_URL' };
  return run ? { url: run.databaseUrl, from: `${stateDir}/run.json` } : null;
}

async function checkMigrations(db: Database): Promise<Finding> {
  const { count, pending } = await findPendingMigrations(db);
  if (pending.length === 0) return ok('migrations', `all ${count} applied`);
  const remedy = 'start the system, which applies them, or run: npx signalman migrate';
  return broken('migrations', `not applied: ${pending.join(', ')}`, remedy);
}

/** Returns a finding for wallets that deployments share; none where no wallet is shared. */
async function checkSharedWallets(db: Database): Promise<Finding[]> {
  const shared = await listSharedWallets(db, 'ostium');
  if (shared.length === 0) return [];
  const wallets = shared.map(
    ({ walletAddress, deploymentIds }) => `${walletAddress} (${deploymentIds.join(', ')})`,
  );
  const text = `Ostium lets one key trade for a wallet, and deployments with keys of their own share ${wallets.join('; ')}`;
  const remedy = 'give them one key: signalman deployments key rotate ID, then approve it with the wallet';
  return [broken('shared wallets', text, remedy)];
}
