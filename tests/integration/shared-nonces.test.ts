import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '#prisma/client.ts';
import { drawNonce } from '#prisma/repositories/nonces.ts';
import { startTestDatabase } from '../support/services.ts';

let db: Database;
let stop: () => Promise<void>;
beforeAll(async () => {
  const database = await startTestDatabase();
  db = openDatabase(database.url);
  stop = async () => {
    await db.$disconnect();
    await database.stop();
  };
});
afterAll(() => stop?.());

const NOW = 1_800_000_000_000;
const DAYS_MS = 2 * 86_400_000;

/** Two deployments that sign with one key. */
async function shareKey(address: string): Promise<string[]> {
  const user = await db.user.create({ data: { name: randomUUID() } });
  const agent = await db.agent.create({
    data: { name: randomUUID(), ownerId: user.id, barriers: {}, sizeModel: {} },
  });
  const made = [];
  for (const name of ['first', 'second']) {
    const { id } = await db.agentDeployment.create({
      data: {
        agentId: agent.id,
        userId: user.id,
        walletAddress: `${address}/${name}`,
        maxNotionalUsd: '1000',
        trialEndsAt: new Date(NOW),
      },
    });
    const sealed = { sealed: Buffer.from(''), masterKeyId: 'test' };
    await db.tradingKey.create({
      data: { ...sealed, deploymentId: id, venue: 'hyperliquid', address, status: 'approved' },
    });
    made.push(id);
  }
  return made;
}

const draw = (deploymentId: string | undefined, signer: string, now = NOW) =>
  drawNonce(db, { deploymentId: deploymentId ?? '', signer, now });

test('deployments of one key never draw one nonce, also when one of them has changed its key', async () => {
  const signer = '0xshared';
  const [first, second] = await shareKey(signer);
  const drawn = await Promise.all(
    Array.from({ length: 20 }, (_, index) => draw(index % 2 === 0 ? first : second, signer)),
  );
  expect(new Set(drawn).size).toBe(20);
  await db.tradingKey.updateMany({ where: { deploymentId: first ?? '' }, data: { active: false } });
  expect(await draw(first, signer)).toBeNull();
  expect(await draw(second, signer)).toBe(Math.max(...drawn.map(Number)) + 1);
});

test('what a wrong clock has left in one row does not make another row repeat itself', async () => {
  const signer = '0xahead';
  const [first, second] = await shareKey(signer);
  await draw(second, signer, NOW + DAYS_MS);
  await db.tradingKey.updateMany({ where: { deploymentId: first ?? '' }, data: { active: false } });
  const drawn = [];
  for (let turn = 0; turn < 3; turn += 1) drawn.push(await draw(second, signer));
  expect(drawn).toEqual([NOW, NOW + 1, NOW + 2]);
});
