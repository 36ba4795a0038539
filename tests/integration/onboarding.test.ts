import { JsonRpcProvider, Wallet, type HDNodeWallet } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalSteps } from '#api/schemas/onboarding.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import { startTradingSystem, until, type TradingSystem } from '../support/trading-system.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
  system = await startTradingSystem({ ostium });
  await system.startWorker();
  await until('the instruments of both venues', async () => {
    const where = { symbol: { in: ['BTC', 'EUR-USD'] } };
    return (await system.db.instrument.count({ where })) >= 2;
  });
}, 90_000);
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

type Step = ApprovalSteps['steps'][number];
type Typed = Extract<Step, { kind: 'typed_data' }>;

/** A deployment for a funded wallet whose own key stays in this test. */
async function onboard(venue: 'hyperliquid' | 'ostium') {
  const owner = Wallet.createRandom();
  system.sandbox.fund(owner.address, '10000');
  await ostium.control.fund(owner.address, '10000', '10');
  const agent = await system.call('POST', '/agents', {
    name: `agent of ${owner.address}`,
    barriers: { stopLoss: { pct: 5 } },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    maxDriftPct: 50,
  });
  const made = await system.call('POST', `/agents/${agent.body.id}/deployments`, {
    walletAddress: owner.address,
    venue,
  });
  expect(made.body.tradingKeys).toMatchObject([{ venue, status: 'pending' }]);
  const deployment = {
    agentId: agent.body.id,
    deploymentId: made.body.id,
    walletAddress: made.body.walletAddress,
  };
  const stepsOf = async (body: object = {}): Promise<Step[]> =>
    (await system.call('POST', `/deployments/${made.body.id}/approval/steps`, body)).body.steps;
  const submit = (body: object) =>
    system.call('POST', `/deployments/${made.body.id}/approval/signature`, body);
  return { owner, deployment, stepsOf, submit };
}

/** Signs as a browser wallet does: the fields of the domain are no type of their own to ethers. */
function sign(owner: HDNodeWallet, { typedData: { domain, types, message } }: Typed): Promise<string> {
  const { EIP712Domain: _domain, ...own } = types;
  return owner.signTypedData(domain, own, message);
}

test.each([1, 42_161])(
  'a wallet on chain %i lets its key in by one signature, and the deployment trades',
  async (chainId) => {
    const { owner, deployment, stepsOf, submit } = await onboard('hyperliquid');
    const [step, ...others] = await stepsOf({ chainId });
    expect(others).toEqual([]);
    if (step?.kind !== 'typed_data') throw new Error('no typed data');
    expect(step.typedData).toMatchObject({
      domain: { chainId },
      types: { EIP712Domain: expect.any(Array) },
      primaryType: 'HyperliquidTransaction:ApproveAgent',
      message: { hyperliquidChain: 'Testnet' },
    });
    const signature = await sign(owner, step);
    const approved = await submit({ venue: 'hyperliquid', chainId, nonce: step.nonce, signature });
    expect(approved).toMatchObject({ status: 200, body: { tradingKeys: [{ status: 'approved' }] } });
    expect(await stepsOf({ chainId })).toEqual([]);
    const trade = await system.signal(deployment, { barriers: { stopLoss: { pct: 5 } } });
    await trade.reaches('open');
  },
);

test('a signature of another wallet, of other data, or of long ago is refused and approves nothing', async () => {
  const { owner, stepsOf, submit } = await onboard('hyperliquid');
  const [step] = await stepsOf();
  if (step?.kind !== 'typed_data') throw new Error('no typed data');
  const { nonce, chainId } = step;
  const given = { venue: 'hyperliquid', chainId, nonce };
  const stranger = await sign(Wallet.createRandom(), step);
  const otherKey = {
    ...step.typedData,
    message: { ...step.typedData.message, agentAddress: `0x${'a'.repeat(40)}` },
  };
  const forOther = await sign(owner, { ...step, typedData: otherKey });
  const own = await sign(owner, step);
  const refused = [
    await submit({ ...given, signature: stranger }),
    await submit({ ...given, signature: forOther }),
    await submit({ ...given, chainId: chainId + 1, signature: own }),
    await submit({ ...given, nonce: nonce + 1, signature: own }),
    await submit({ ...given, nonce: nonce - 2 * 3_600_000, signature: own }),
  ];
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
    refused.map(() => [422, 'approval_refused']),
  );
  expect(await stepsOf()).toHaveLength(1);
  expect((await submit({ ...given, signature: '0x12' })).status).toBe(400);
});

test('at Ostium the wallet sends its transactions, each once, and the deployment trades', async () => {
  const { owner, deployment, stepsOf, submit } = await onboard('ostium');
  const provider = new JsonRpcProvider(ostium.rpcUrl, undefined, { cacheTimeout: -1 });
  const wallet = owner.connect(provider);
  const steps = await stepsOf({ allowanceUsdc: '5000' });
  expect(steps.map(({ kind, purpose }) => `${kind}: ${purpose.slice(0, 14)}`)).toEqual([
    'transaction: let trades at ',
    'transaction: let the key 0x',
    'transaction: give the key 0',
  ]);
  for (const step of steps) {
    if (step.kind !== 'transaction') throw new Error('no transaction');
    const sent = await wallet.sendTransaction({ to: step.to, data: step.data, value: BigInt(step.valueWei) });
    await sent.wait();
  }
  provider.destroy();
  expect(await stepsOf({ allowanceUsdc: '5000' })).toEqual([]);
  const signature = `0x${'1'.repeat(130)}`;
  const signed = await submit({ venue: 'ostium', chainId: 1, nonce: Date.now(), signature });
  expect(signed.body).toMatchObject({
    code: 'approval_refused',
    detail: expect.stringContaining('transactions'),
  });
  const asked = await system.call('POST', `/deployments/${deployment.deploymentId}/approval`);
  expect(asked.body.tradingKeys).toMatchObject([{ venue: 'ostium', status: 'approved' }]);
  const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers: { stopLoss: { pct: 1 } } });
  await trade.reaches('open');
});
