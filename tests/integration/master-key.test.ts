import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resealKeys } from '#activities/trading-keys/reseal-keys.ts';
import { countByMasterKey } from '#prisma/repositories/trading-keys.ts';
import { parseMasterKey } from '#venues/keys/sealed-key.ts';
import { TEST_MASTER_KEY } from '../support/api.ts';
import { commandsOf, type Commands } from '../support/run-command.ts';
import { startTradingSystem, until, type TradingSystem } from '../support/trading-system.ts';

const NEXT = parseMasterKey('next', randomBytes(32).toString('hex'));
const KEYS = 8;
const text = ({ id, key }: typeof NEXT): string => `${id}:${key.toString('hex')}`;
/** What a process knows that seals with the new key. */
const rotated = {
  SIGNALMAN_MASTER_KEY: NEXT.key.toString('hex'),
  SIGNALMAN_MASTER_KEY_ID: NEXT.id,
  SIGNALMAN_OLD_MASTER_KEYS: text(TEST_MASTER_KEY),
};

let system: TradingSystem;
let commands: Commands;
beforeAll(async () => {
  system = await startTradingSystem();
  commands = commandsOf(system, await system.app.listen({ host: '127.0.0.1', port: 0 }));
  await system.startWorker({ env: rotated });
  await until('the instruments', async () => (await system.db.instrument.count()) > 0);
});
afterAll(() => system?.stop());

const enter = async (deployment: Awaited<ReturnType<TradingSystem['deploy']>>, symbol = 'BTC') => {
  const trade = await system.signal(deployment, { symbol, barriers: { stopLoss: { pct: 5 } } });
  await trade.untilArmed();
  return trade;
};

test('every key is sealed anew while a worker trades, killed in the middle and run again', async () => {
  const [known, fresh] = [await system.deploy(), await system.deploy()];
  for (let made = 2; made < KEYS; made += 1) await system.deploy();
  const open = await enter(known);
  const isBegun = async () => ((await countByMasterKey(system.db)).get('next') ?? 0) > 1;
  const first = await commands.run(['keys', 'rotate-master', '--json'], {
    ...rotated,
    SIGNALMAN_OLD_MASTER_KEYS: '',
  });
  expect(first.status).toBe(1);
  // The worker has sealed the key anew that it opened for its order.
  expect(JSON.parse(first.out)).toMatchObject({ resealed: 0, sealedWith: { test: KEYS - 1, next: 1 } });
  await commands.runAndKill(['keys', 'rotate-master'], isBegun, rotated);
  const again = await commands.run(['keys', 'rotate-master', '--json'], rotated);
  expect({ status: again.status, ...JSON.parse(again.out) }).toMatchObject({
    status: 0,
    unreadable: [],
    sealedWith: { next: KEYS },
  });
  // The worker opens what it had not opened before, and goes on with what it had.
  await enter(fresh);
  const closing = await open.details();
  await system.call('POST', `/trades/${closing?.id}/close`, {});
  await open.reaches('closed');
  const check = await commands.run(['keys', 'check', '--json'], rotated);
  const { keys } = JSON.parse(check.out);
  expect(check.status).toBe(0);
  expect(
    new Set(keys.map((key: { state: string; masterKeyId: string }) => `${key.state} ${key.masterKeyId}`)),
  ).toEqual(new Set(['approved next']));
});

test('two rotations at once leave every key readable', async () => {
  await Promise.all([
    resealKeys(system.db, [TEST_MASTER_KEY, NEXT]),
    resealKeys(system.db, [NEXT, TEST_MASTER_KEY]),
    resealKeys(system.db, [TEST_MASTER_KEY, NEXT]),
  ]);
  const { unreadable } = await resealKeys(system.db, [NEXT, TEST_MASTER_KEY]);
  expect(unreadable).toEqual([]);
  expect((await countByMasterKey(system.db)).get('next')).toBe(KEYS);
});

test('a key of another wallet that could withdraw is named by the check', async () => {
  const { deploymentId, walletAddress } = await system.deploy();
  await system.db.tradingKey.updateMany({ where: { deploymentId }, data: { address: walletAddress } });
  const check = await commands.run(['keys', 'check'], rotated);
  expect(check).toMatchObject({ status: 1, out: expect.stringContaining('COULD WITHDRAW') });
});
