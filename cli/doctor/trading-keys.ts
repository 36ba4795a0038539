import { keyWarning } from '#domain/trading-key.ts';
import type { Database } from '#prisma/client.ts';
import { KeyUnreadableError, openSealedKey, type MasterKey } from '#venues/keys/sealed-key.ts';
import { broken, off, ok, soon, type Finding } from './finding.ts';
import { EXPOSED_PHASES } from '#domain/trade-phases.ts';

/** Number of trading keys that are tried at most. */
const MAX_KEYS = 10_000;
const SHOWN_KEYS = 5;

/** Checks whether the trading keys open, whether their venues accept them, and when they end. */
export async function checkTradingKeys(db: Database, masterKeys: readonly MasterKey[]): Promise<Finding> {
  const keys = await listKeys(db);
  if (keys.length === 0) return off('trading keys', 'none yet', 'signalman deployments create <agent>');
  const unreadable = keys.flatMap((key) => whyUnreadable(masterKeys, key) ?? []);
  const pending = keys.filter(({ status }) => status === 'pending').length;
  const counts = `${keys.length - unreadable.length} of ${keys.length} open, ${pending} await approval`;
  if (unreadable.length > 0) {
    const remedy =
      'configure the master key they were sealed with (SIGNALMAN_OLD_MASTER_KEYS), or replace them: signalman deployments key rotate ID';
    return broken('trading keys', `${counts}: ${shown(unreadable)}`, remedy);
  }
  const ended = keys.filter((key) => isEnded(key));
  if (ended.length > 0) {
    const remedy = 'replace them, open trades go on with the new ones: signalman deployments key rotate ID';
    return broken('trading keys', `${counts}: ${shown(ended.map(describeEnd))}`, remedy);
  }
  const ending = keys.filter((key) => key.active && keyWarning(key, Date.now()) === 'expires_soon');
  if (ending.length === 0) return ok('trading keys', counts);
  const remedy = 'replace them in time: signalman deployments key rotate ID';
  return soon('trading keys', `${counts}: ${shown(ending.map(describeEnd))}`, remedy);
}

type Key = Awaited<ReturnType<typeof listKeys>>[number];

async function listKeys(db: Database) {
  const rows = await db.tradingKey.findMany({
    where: { status: { not: 'revoked' } },
    select: {
      deploymentId: true,
      venue: true,
      address: true,
      sealed: true,
      masterKeyId: true,
      status: true,
      active: true,
      validUntil: true,
    },
    take: MAX_KEYS,
  });
  const live = await db.trade.findMany({
    where: { phase: { in: [...EXPOSED_PHASES] }, venue: { not: null } },
    distinct: ['deploymentId', 'venue'],
    select: { deploymentId: true, venue: true },
  });
  const inUse = new Set(live.map(({ deploymentId, venue }) => `${deploymentId}/${venue}`));
  return rows.map((row) => ({
    ...row,
    sealed: Uint8Array.from(row.sealed),
    validUntil: row.validUntil?.getTime() ?? null,
    hasLiveTrades: row.active && inUse.has(`${row.deploymentId}/${row.venue}`),
  }));
}

/** Returns whether a key has expired, or is not accepted while trades are open under it. */
function isEnded(key: Key): boolean {
  const warning = key.active ? keyWarning(key, Date.now()) : null;
  return warning === 'expired' || (warning === 'not_approved' && key.hasLiveTrades);
}

function describeEnd({ deploymentId, venue, validUntil, hasLiveTrades }: Key): string {
  const end = validUntil === null ? 'is not accepted' : `ends ${new Date(validUntil).toISOString()}`;
  return `that of deployment ${deploymentId} at ${venue} ${end}${hasLiveTrades ? ', with open trades' : ''}`;
}

const shown = (reasons: readonly string[]): string => reasons.slice(0, SHOWN_KEYS).join('; ');

function whyUnreadable(masterKeys: readonly MasterKey[], key: Key): string | null {
  try {
    openSealedKey(masterKeys, key);
    return null;
  } catch (error) {
    if (error instanceof KeyUnreadableError) return error.message;
    throw error;
  }
}
