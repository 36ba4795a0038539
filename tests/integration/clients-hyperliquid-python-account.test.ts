import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startPythonClient } from '../support/hyperliquid-python.ts';
import type { PythonClient } from '../support/hyperliquid-python.ts';
import { PYTHON_TIMEOUT_MS } from '../support/python-venv.ts';

// What the scenarios in tests/clients/hyperliquid_account.py start with, in USDC.
const USDC = {
  market: 10_000,
  account: 10_000,
  agents: 10_000,
  namedAgents: 10_000,
  builder: 10_000,
  transfers: 10_000,
  subAccount: 10_000,
  strangers: 10_000,
};

// Whichever test comes first may have to install the client.
vi.setConfig({ testTimeout: PYTHON_TIMEOUT_MS });

let python: PythonClient<keyof typeof USDC>;
beforeAll(async () => {
  python = await startPythonClient('hyperliquid_account.py', USDC);
});
afterAll(() => python.stop());

const OID: unknown = expect.any(Number);
const RESTING = { resting: { oid: OID } };
const DONE = { type: 'default' };
const BOUGHT = [{ filled: { totalSz: '0.01', avgPx: '100005.0', oid: OID } }];
const SOLD = [{ filled: { totalSz: '0.01', avgPx: '99995.0', oid: OID } }];
const unknownSigner = (name: string) => `L1 error: User or API Wallet ${name} does not exist.`;
const withoutDeposit = (name: string) => `Must deposit before performing actions. User: ${name}`;

it('tells what is traded and what it costs', async (context) => {
  expect(await python.play(context, 'market')).toEqual({
    meta: [
      { name: 'BTC', szDecimals: 5, maxLeverage: 40, marginTableId: 56 },
      { name: 'ETH', szDecimals: 4, maxLeverage: 25, marginTableId: 55 },
    ],
    same: true,
    mids: { BTC: '100000.0' },
    // 100,000 USD at the best price of either side.
    book: {
      coin: 'BTC',
      best: [
        { px: '99995.0', sz: '1.00005', n: 1 },
        { px: '100005.0', sz: '0.99995', n: 1 },
      ],
      depth: [20, 20],
    },
    candle: { s: 'BTC', i: '1h', h: '101000.0', c: '100000.0', length: 3_599_999 },
    funding: { coin: 'BTC', fundingRate: '0.00002' },
    context: { markPx: '100000.0', oraclePx: '100000.0', midPx: '100000.0', funding: '0.00002' },
    spot: {
      tokens: ['USDC', 'PURR'],
      pairs: [{ name: 'PURR/USDC', tokens: [1, 0], index: 0, isCanonical: true }],
    },
    spotContexts: true,
    dexs: [null, 'xyz'],
  });
});

it('tells an account what it has paid, done and may do', async (context) => {
  expect(await python.play(context, 'account')).toEqual({
    fees: { userCrossRate: '0.00045', userAddRate: '0.00015', userCross: '2000.0' },
    // 0.01 BTC at 100,000 USD for one hour at 0.002 %.
    funding: {
      type: 'funding',
      coin: 'BTC',
      usdc: '-0.02',
      szi: '0.01',
      fundingRate: '0.00002',
      nSamples: null,
    },
    history: [
      { status: 'filled', side: 'A', tif: 'Ioc' },
      { status: 'filled', side: 'B', tif: 'Ioc' },
    ],
    ledger: [{ type: 'deposit', usdc: '10000.0' }],
    role: [{ role: 'user' }, { role: 'missing' }],
    limit: { cumVlm: '2000.00', nRequestsUsed: 2, nRequestsCap: 12_000, nRequestsSurplus: 0 },
    abstraction: 'disabled',
    stranger: '0.0',
    agents: [],
    subAccounts: null,
    vaults: [],
    twap: [],
    staking: { delegated: '0.0', undelegated: '0.0', totalPendingWithdrawal: '0.0', nPendingWithdrawals: 0 },
    delegations: [[], [], []],
    multiSig: null,
    referral: '2000.0',
  });
});

it('lets an agent trade until it is replaced, and never move money', async (context) => {
  expect(await python.play(context, 'agents')).toEqual({
    approved: { status: 'ok', response: DONE },
    resting: [RESTING],
    ofOwner: [true],
    ofAgent: [],
    cancelled: ['success'],
    opened: BOUGHT,
    closed: SOLD,
    role: true,
    withdrawn: withoutDeposit('0xFIRST'),
    sent: withoutDeposit('0xFIRST'),
    approving: withoutDeposit('0xFIRST'),
    replaced: unknownSigner('0xFIRST'),
    second: DONE,
  });
});

it('tells named agents apart, and ends one at its time', async (context) => {
  expect(await python.play(context, 'namedAgents')).toEqual({
    worked: BOUGHT,
    outdated: unknownSigner('0xBOT'),
    closed: SOLD,
    brief: DONE,
    listed: ['bot', 'brief'],
    validUntil: true,
    before: DONE,
    after: unknownSigner('0xBRIEF'),
    names: [DONE, DONE, 'Too many extra agents.', 'Agent name too long (maximum of 16 characters).'],
    left: ['bot', 'three', 'four'],
  });
});

it('charges for a builder what was approved and no more', async (context) => {
  expect(await python.play(context, 'builder')).toEqual({
    unapproved: 'Builder fee has not been approved.',
    approved: DONE,
    known: 20,
    bought: BOUGHT,
    // One basis point of 1,000.05 USDC, beside the 0.450023 of the venue.
    fill: { fee: '0.550028', builderFee: '0.100005' },
    sold: SOLD,
    dear: 'Builder fee has not been approved.',
  });
});

it('moves money to another account, to spot and off the venue, and lists it', async (context) => {
  const sent = {
    type: 'internalTransfer',
    usdc: '250.5',
    user: '0xME',
    destination: '0xFRIEND',
    fee: '0.0',
  };
  expect(await python.play(context, 'transfers')).toEqual({
    sent: { status: 'ok', response: DONE },
    tooMuch: 'Insufficient balance for transfer.',
    out: DONE,
    spot: [{ coin: 'USDC', total: '100.0' }],
    back: DONE,
    tooMuchSpot: 'Insufficient balance for transfer.',
    withdrawn: DONE,
    overdrawn: 'Insufficient balance for withdrawal.',
    values: ['9664.5', '250.5'],
    ledger: [
      { type: 'deposit', usdc: '10000.0' },
      sent,
      { type: 'accountClassTransfer', usdc: '100.0', toPerp: false },
      { type: 'accountClassTransfer', usdc: '40.0', toPerp: true },
      { type: 'withdraw', usdc: '25.0', nonce: expect.any(Number), fee: '1.0' },
    ],
    friends: [sent],
  });
});

it('trades for a sub-account with the key of its owner', async (context) => {
  expect(await python.play(context, 'subAccount')).toEqual({
    made: 'createSubAccount',
    given: DONE,
    opened: BOUGHT,
    held: '0.01',
    closed: SOLD,
    // 0.10 USDC of spread and 0.900001 of fees less than the 500 it was given, and 40 moved to spot.
    listed: { name: 'second', accountValue: '458.999999' },
    moved: DONE,
    spot: [{ coin: 'USDC', total: '40.0' }],
    mine: '9500.0',
    others: 'Vault not registered',
  });
});

it('refuses strangers, what it does not do and what it cannot read', async (context) => {
  expect(await python.play(context, 'strangers')).toEqual({
    unsupported: 'Unsupported action tokenDelegate',
    trading: unknownSigner('0xSTRANGER'),
    sending: withoutDeposit('0xSTRANGER'),
    referrer: DONE,
    unreadable: [422, 'Failed to deserialize the JSON body into the target type'],
  });
});
