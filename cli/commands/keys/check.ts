import { Command } from 'commander';
import { asId, type AccountId } from '#domain/ids.ts';
import { createLogger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { createOutput, renderTable, shortId, type Column } from '#terminal/output.ts';
import { createVenues } from '#venues/create-venues.ts';
import { KeyUnreadableError, openSealedKey, type MasterKey } from '#venues/keys/sealed-key.ts';
import type { Venue } from '#venues/venue.ts';
import { findMasterKeys } from '../../doctor/local.ts';
import { findSystem } from '../../find-api.ts';
import { venueSettings } from '../../flatten/from-records.ts';
import { withDatabase } from '../../open-records.ts';

/** How a trading key stands. */
interface CheckedKey {
  deploymentId: string;
  venue: string;
  address: string;
  active: boolean;
  masterKeyId: string;
  /** Null when it opens. */
  unreadable: string | null;
  /** By the venue's word; null where it was not asked or did not answer. */
  state: string | null;
  /** It is the wallet's own key, which could withdraw. */
  canWithdraw: boolean;
}

const MAX_KEYS = 10_000;

/** `signalman keys check`: opens every trading key and asks its venue; exit status 1 when one does not serve. */
export const checkCommand = (): Command =>
  new Command('check')
    .description(
      'open every trading key, ask its venue what it may do, and say with which master key it is sealed; exit status 1 when one that signs does not serve',
    )
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const system = findSystem(process.env);
      const out = createOutput(process.stdout, process.env);
      const logger = createLogger({ level: 'fatal', name: 'keys' });
      const venues = createVenues(venueSettings(system), logger);
      const { keys: masters } = findMasterKeys(system);
      const keys = await withDatabase(system, (db) => checkAll(db, venues, masters));
      await Promise.allSettled(venues.map((venue) => venue.close()));
      if (keys.some((key) => key.active && !serves(key))) process.exitCode = 1;
      if (json) return out.json({ keys });
      if (keys.length === 0) return out.line('no trading key yet');
      for (const line of renderTable(COLUMNS, keys, out.colors)) out.line(line);
    });

const serves = ({ unreadable, state, canWithdraw }: CheckedKey): boolean =>
  unreadable === null && !canWithdraw && (state === null || state === 'approved');

async function checkAll(
  db: Database,
  venues: readonly Venue[],
  masters: readonly MasterKey[],
): Promise<CheckedKey[]> {
  const rows = await db.tradingKey.findMany({
    where: { status: { not: 'revoked' } },
    include: { deployment: { select: { walletAddress: true } } },
    orderBy: { id: 'asc' },
    take: MAX_KEYS,
  });
  const checked: CheckedKey[] = [];
  for (const { deployment, ...key } of rows) {
    const { deploymentId, venue, address, active, masterKeyId } = key;
    const wallet = deployment.walletAddress;
    checked.push({
      deploymentId,
      venue,
      address,
      active,
      masterKeyId,
      unreadable: whyUnreadable(masters, { ...key, sealed: Uint8Array.from(key.sealed) }),
      // oxlint-disable-next-line no-await-in-loop -- a venue is asked about one key after the other
      state: await stateAt(venues, { venue, wallet, address }),
      canWithdraw: address.toLowerCase() === wallet.toLowerCase(),
    });
  }
  return checked;
}

function whyUnreadable(
  masters: readonly MasterKey[],
  key: Parameters<typeof openSealedKey>[1],
): string | null {
  try {
    openSealedKey(masters, key);
    return null;
  } catch (error) {
    if (error instanceof KeyUnreadableError) return error.message;
    throw error;
  }
}

async function stateAt(
  venues: readonly Venue[],
  { venue, wallet, address }: { venue: string; wallet: string; address: string },
): Promise<string | null> {
  const found = venues.find(({ name }) => name === venue);
  if (!found) return null;
  try {
    return (await found.accounts.keyState(asId<AccountId>(wallet), address)).state;
  } catch {
    return null;
  }
}

const COLUMNS: Column<CheckedKey>[] = [
  { title: 'DEPLOYMENT', cell: ({ deploymentId }) => shortId(deploymentId) },
  { title: 'VENUE', cell: ({ venue }) => venue },
  { title: 'KEY', cell: ({ address }) => address },
  { title: 'ROLE', cell: ({ active }) => (active ? 'signs' : 'waits') },
  { title: 'MASTER KEY', cell: ({ masterKeyId }) => masterKeyId },
  { title: 'OPENS', cell: ({ unreadable }) => (unreadable === null ? 'yes' : 'NO') },
  {
    title: 'AT THE VENUE',
    cell: ({ state, canWithdraw }) => (canWithdraw ? 'COULD WITHDRAW: replace it' : (state ?? 'not known')),
  },
];
