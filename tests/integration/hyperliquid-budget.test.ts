import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId, type AccountId } from '#domain/ids.ts';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { orderRequest, randomSigner, tradingAccount } from '#venues/hyperliquid/testing.ts';
import { VenueError, type Venue } from '#venues/venue.ts';

let sandbox: HyperliquidSandbox;
let venue: Venue;
const owner = randomSigner();
const account = tradingAccount(owner, owner);
beforeAll(async () => {
  sandbox = await startHyperliquidSandbox({ enforceLimits: true, fund: { [owner.address]: '10000' } });
  sandbox.setPrice('BTC', 50_000);
  venue = createHyperliquidVenue({
    url: sandbox.url,
    network: 'testnet',
    timeoutMs: { exchange: 10_000, info: 2_000 },
  });
});
afterAll(async () => {
  await venue.close();
  await sandbox.close();
});

const codeOf = (error: unknown): string => (error instanceof VenueError ? error.message : String(error));

test('with more reads waiting than the budget has room for, commands go through and the venue refuses nothing', async () => {
  const watched = Array.from({ length: 100 }, () => asId<AccountId>(randomSigner().address));
  const reads = watched.map((id) => venue.accounts.fillsSince(id, 0).then(() => 'read', codeOf));
  const outcomes = [];
  for (let i = 0; i < 10; i += 1) {
    const order = orderRequest(i % 2 === 0 ? {} : { side: 'sell', price: '49500', reduceOnly: true });
    outcomes.push(await venue.execution.place(account, [order], 'single', { nonce: Date.now() + i }));
  }
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(outcomes.map(() => 'confirmed'));
  const ends = new Set(await Promise.all(reads));
  // Those that would have waited too long were turned away here, by our own budget.
  expect(ends).toEqual(new Set(['read', 'the request budget did not free up in time']));
});
