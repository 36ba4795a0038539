import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { checkKeysOf } from '#activities/trading-keys/keep-keys.ts';
import { addTradingKey } from '#api/use-cases/add-trading-key.ts';
import type { ApiDeps } from '#api/app.ts';
import type { Principal } from '#api/plugins/auth.ts';
import { SCOPES } from '#domain/access.ts';
import { makeDeployment } from '#api/use-cases/create-deployment.ts';
import { rotateTradingKey } from '#api/use-cases/rotate-trading-key.ts';
import { listSharedWallets } from '#prisma/repositories/key-holders.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { findTradingKey, isReplacedKey } from '#prisma/repositories/trading-keys.ts';
import { createTradingSigner } from '#venues/keys/trading-signer.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { startOstiumTrades } from '../support/ostium-trades.ts';
import { ostiumOptions } from '../support/ostium.ts';

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

const principal = async (): Promise<Principal> => {
  const { id: userId } = await api.db.user.findFirstOrThrow();
  return { userId, keyId: 'local', session: null, name: 'owner', role: 'admin', scopes: SCOPES };
};

const STOP = { stopLoss: { pct: 5 } };
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

test('two old deployments of a wallet get one key together, and both close their open trades with it', async () => {
  const trades = await startOstiumTrades();
  try {
    const { db, execution, ostium } = trades;
    const first = await trades.open(STOP);
    const second = await trades.open(STOP, { wallet: first.wallet, symbol: 'GBP-USD' });
    const both = [first.trade, second.trade];
    expect(await listSharedWallets(db, 'ostium')).toHaveLength(1);
    const rotate = (id: string) =>
      rotateTradingKey(
        { db, masterKeys: deps.masterKeys, venues: [ostium.venue] },
        { userId: 'any', keyId: 'local', session: null, name: 'owner', role: 'admin', scopes: SCOPES },
        { id, walletAddress: first.trade.accountId },
        'ostium',
      );
    const earlier = await findTradingKey(db, first.trade.deploymentId, 'ostium');
    // Asked by both at once, one key waits for both.
    await Promise.all(both.map(({ deploymentId }) => rotate(deploymentId)));
    const waiting = await db.tradingKey.findMany({ where: { active: false, status: 'pending' } });
    expect(waiting.map(({ deploymentId }) => deploymentId).toSorted()).toEqual(
      both.map(({ deploymentId }) => deploymentId).toSorted(),
    );
    const [{ address } = { address: '' }] = waiting;
    expect(new Set(waiting.map((each) => each.address))).toEqual(new Set([address]));

    await ostium.sandbox.control.fund(address, '0', '10');
    const owner = createTradingSigner(first.wallet);
    await approveDelegate(ostiumOptions(ostium.sandbox), {
      owner,
      delegate: address,
      allowanceUsdc: '1000000',
    });
    await checkKeysOf(execution, { deploymentId: second.trade.deploymentId, venue: 'ostium' });
    for (const { id, deploymentId } of both) {
      expect(await findTradingKey(db, deploymentId, 'ostium')).toMatchObject({ address, status: 'approved' });
      const told = await db.tradeEvent.findMany({ where: { tradeId: id } });
      expect(told.map(({ type }) => type)).toContain('key_replaced');
      expect(told.map(({ type }) => type)).not.toContain('key_lost');
      const audited = await db.auditLog.findMany({ where: { subject: `deployment/${deploymentId}` } });
      expect(audited.map(({ action }) => action).toSorted()).toEqual([
        'deployment.key.replace',
        'deployment.key.rotate',
      ]);
    }
    expect(await listSharedWallets(db, 'ostium')).toEqual([]);

    const exit = { reason: 'force_close', by: 'operator', price: null } as const;
    await Promise.all(both.map(({ id }) => closePosition(execution, { tradeId: id }, exit)));
    await Promise.all(both.map(({ id }) => confirmExit(execution, { tradeId: id })));
    for (const { id } of both) {
      const exits = (await listOrders(db, id)).filter(({ leg }) => leg === 'exit');
      expect(exits).toMatchObject([{ status: 'filled', signer: address }]);
    }
    const nonces = await db.order.findMany({ where: { signer: address }, select: { nonce: true } });
    expect(new Set(nonces.map(({ nonce }) => nonce)).size).toBe(nonces.length);
    // Given up for one deployment, it still signs for the other.
    const one = { address, deploymentId: first.trade.deploymentId };
    await db.tradingKey.updateMany({ where: one, data: { active: false, status: 'revoked' } });
    expect(await isReplacedKey(db, address)).toBe(false);
    expect(await isReplacedKey(db, earlier?.address ?? null)).toBe(true);
  } finally {
    await trades.stop();
  }
});
