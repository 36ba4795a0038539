import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHyperliquidVenue } from '../index.ts';
import { randomSigner, startScriptedServer, tradingAccount, type ScriptedServer } from '../testing.ts';

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(() => server.close());

const { accountId, signer } = tradingAccount(randomSigner(), randomSigner());
const PAST = 1_700_000_000_000;
const FUTURE = 4_000_000_000_000;
const listed = (validUntil: number) => [{ name: 'signalman', address: signer.address, validUntil }];

const removed = { state: 'removed' };
const expired = { state: 'expired', validUntil: PAST };
const approved = (validUntil: number | null) => ({ state: 'approved', validUntil });

test.each<[string, object[], object, object, object[]]>([
  ['a key with time left', listed(FUTURE), { role: 'missing' }, approved(FUTURE), []],
  ['an expired key', listed(PAST), { role: 'missing' }, expired, [expired]],
  ['a key taken back', [], { role: 'missing' }, removed, [removed]],
  ['the key without a name', [], { role: 'agent', data: { user: accountId } }, approved(null), []],
  [
    'a key of somebody else',
    [],
    { role: 'agent', data: { user: `0x${'12'.repeat(20)}` } },
    removed,
    [removed],
  ],
])('%s', async (_what, agents, role, state, warnings) => {
  server.answer(({ body }) => ({ json: body.type === 'extraAgents' ? agents : role }));
  const warned: Record<string, unknown>[] = [];
  const venue = createHyperliquidVenue({
    url: server.url,
    network: 'testnet',
    logger: { warn: (details) => void warned.push(details) },
  });
  expect(await venue.accounts.keyState(accountId, signer.address)).toEqual(state);
  expect(warned).toMatchObject(warnings);
  await venue.close();
});
