import { createCipheriv, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { asId } from '#domain/ids.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { openSealedKey, parseMasterKey, sealKey, type MasterKey } from '#venues/keys/sealed-key.ts';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import type { Venue } from '#venues/venue.ts';
import { addAgent, addDeployment } from '../support/pipeline-harness.ts';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

const OLD = parseMasterKey('2026-10', '5a'.repeat(32));
const NEW = parseMasterKey('2026-11', 'a5'.repeat(32));

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: 3 });
});
afterAll(async () => {
  await db.$disconnect();
  await database.stop();
});

/** A deployment whose key was sealed by an earlier version of the program. */
async function deployedBefore(): Promise<{ deploymentId: string; address: string; privateKey: string }> {
  const { id, ownerId } = await addAgent(db, { name: randomBytes(8).toString('hex') });
  const deploymentId = await addDeployment(db, id, ownerId);
  const { address, privateKey } = createTradingKey();
  const sealed = sealedForDeploymentOnly(OLD, deploymentId, privateKey);
  await db.tradingKey.create({
    data: { deploymentId, venue: 'hyperliquid', address, sealed, masterKeyId: OLD.id },
  });
  return { deploymentId, address, privateKey };
}

function sealedForDeploymentOnly({ key }: MasterKey, deploymentId: string, privateKey: string) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(deploymentId));
  const ciphertext = Buffer.concat([cipher.update(privateKey, 'utf8'), cipher.final()]);
  return Uint8Array.from([...iv, ...cipher.getAuthTag(), ...ciphertext]);
}

const open = (deploymentId: string, masterKeys: readonly MasterKey[]) =>
  createTradingSessions({
    db,
    masterKeys,
    venues: new Map([['hyperliquid', {} as Venue]]),
    logger: createLogger({ level: 'silent', name: 'test' }),
    failpoint: () => undefined,
    now: Date.now,
  })({ deploymentId, accountId: asId('0x1'), venue: 'hyperliquid' });

const stored = (deploymentId: string) => db.tradingKey.findFirstOrThrow({ where: { deploymentId } });

test('a key sealed in the older way signs, and is sealed anew for its venue and address', async () => {
  const { deploymentId, address, privateKey } = await deployedBefore();
  const { account } = await open(deploymentId, [NEW, OLD]);
  expect(account.signer.address).toBe(address);
  const row = await vi.waitFor(async () => {
    const now = await stored(deploymentId);
    expect(now.masterKeyId).toBe(NEW.id);
    return { ...now, sealed: Uint8Array.from(now.sealed) };
  });
  expect(openSealedKey([NEW], row)).toEqual({ privateKey, isStale: false });
  expect(() => openSealedKey([NEW], { ...row, venue: 'ostium' })).toThrow(/does not open/);
});

test('the key of another address signs nothing, whatever its row says', async () => {
  const { deploymentId, privateKey } = await deployedBefore();
  const other = createTradingKey();
  const owner = { deploymentId, venue: 'hyperliquid', address: other.address };
  await db.tradingKey.updateMany({
    where: { deploymentId },
    data: { address: other.address, ...sealKey(NEW, owner, privateKey) },
  });
  await expect(open(deploymentId, [NEW])).rejects.toThrow(/the key of another address/);
});
