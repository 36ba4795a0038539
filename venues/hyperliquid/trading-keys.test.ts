import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHyperliquidVenue } from './index.ts';
import { randomSigner, startScriptedServer, tradingAccount, type ScriptedServer } from './testing.ts';

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(() => server.close());

const { accountId, signer } = tradingAccount(randomSigner(), randomSigner());
const PAST = 1_700_000_000_000;
const FUTURE = 4_000_000_000_000;
const listed = (validUntil: number) => [{ name: 'signalman', address: signer.address, validUntil }];

test.each<[string, object[], object, boolean, object[]]>([
  ['a key with time left', listed(FUTURE), { role: 'missing' }, true, []],
  ['an expired key', listed(PAST), { role: 'missing' }, false, [{ state: 'expired', validUntil: PAST }]],
  ['a key taken back', [], { role: 'missing' }, false, [{ state: 'removed' }]],
  ['the key without a name', [], { role: 'agent', data: { user: accountId } }, true, []],
  [
    'a key of somebody else',
    [],
    { role: 'agent', data: { user: `0x${'12'.repeat(20)}` } },
    false,
    [{ state: 'removed' }],
  ],
])('%s', async (_what, agents, role, isApproved, warnings) => {
  server.answer(({ body }) => ({ json: body.type === 'extraAgents' ? agents : role }));
  const warned: Record<string, unknown>[] = [];
  const venue = createHyperliquidVenue({
    url: server.url,
    network: 'testnet',
    logger: { warn: (details) => void warned.push(details) },
  });
  expect(await venue.accounts.isApproved(accountId, signer.address)).toBe(isApproved);
  expect(warned).toMatchObject(warnings);
  await venue.close();
});
