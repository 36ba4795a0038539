import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTradingKey } from '#api/use-cases/add-trading-key.ts';
import type { ApiDeps } from '#api/app.ts';
import { makeDeployment } from '#api/use-cases/create-deployment.ts';
import { rotateTradingKey } from '#api/use-cases/rotate-trading-key.ts';
import { listSharedWallets } from '#prisma/repositories/key-holders.ts';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let deps: ApiDeps;
beforeAll(async () => {
  api = await startTestApi();
  // Keys are made without asking the venue anything.
  const nowhere = 'http://127.0.0.1:9/';
  const ostium = createOstiumVenue({
    network: 'testnet',
    rpcUrls: [nowhere],
    graphUrl: nowhere,
    priceUrl: nowhere,
  });
  deps = { ...api.deps, venues: [...api.deps.venues, ostium] };
});
afterAll(() => api?.stop());

/** Deploys a new agent for a wallet. */
async function deploy(walletAddress: string, venue: 'hyperliquid' | 'ostium', name: string) {
  const agent = await api.call('POST', '/agents', { name });
  return makeDeployment(deps, await principal(), {
    agentId: agent.body.id,
    walletAddress,
    venue,
    maxLeverage: 1,
    maxNotionalUsd: '1000',
    maxOpenPositions: 3,
    sizeModel: null,
    isBilled: true,
    fundUsdc: '0',
  });
}

const principal = async () => {
  const { id: userId } = await api.db.user.findFirstOrThrow();
  return { userId, keyId: 'local', name: 'owner' };
};

const refused = { code: 'wallet_has_trading_key' };

test('a second deployment gets no key for a wallet whose first key Ostium would revoke', async () => {
  const wallet = `0x${'a1'.repeat(20)}`;
  const first = await deploy(wallet, 'ostium', 'first');
  await expect(deploy(wallet, 'ostium', 'second')).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining(first.id),
  });
  const elsewhere = await deploy(wallet, 'hyperliquid', 'third');
  await expect(addTradingKey(deps, await principal(), elsewhere, 'ostium')).rejects.toMatchObject(refused);
  expect(await listSharedWallets(api.db, 'ostium')).toEqual([]);
  await api.db.agentDeployment.update({ where: { id: first.id }, data: { status: 'archived' } });
  await addTradingKey(deps, await principal(), elsewhere, 'ostium');
  // Nor does the deployment that has ended get one in place of its own.
  await expect(rotateTradingKey(deps, await principal(), first, 'ostium')).rejects.toMatchObject(refused);
  await rotateTradingKey(deps, await principal(), elsewhere, 'ostium');
});

test('of two that ask at once, one gets it', async () => {
  const wallet = `0x${'b2'.repeat(20)}`;
  const asked = await Promise.allSettled([
    deploy(wallet, 'ostium', 'fourth'),
    deploy(wallet, 'ostium', 'fifth'),
  ]);
  expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(asked.find((each) => each.status === 'rejected')?.reason).toMatchObject(refused);
});
