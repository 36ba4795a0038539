import { Wallet } from 'ethers';
import { asId, type AccountId, type Symbol } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { startOstiumSandbox, type OstiumSandbox, type OstiumSandboxOptions } from '#sandbox/ostium/server.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { createOstiumVenue, type OstiumOptions } from '#venues/ostium/index.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import type { OrderRequest, TradingAccount, Venue } from '#venues/venue.ts';

/** Ostium's sandbox with a wallet that a trading key may trade for. */
export interface OstiumHarness {
  sandbox: OstiumSandbox;
  venue: Venue;
  account: TradingAccount;
  owner: Wallet;
  /** A venue of its own on the same sandbox. */
  connect(options?: Partial<OstiumOptions>): Venue;
  /** Another wallet with its own trading key. */
  makeAccount(usdc?: string): Promise<{ account: TradingAccount; owner: Wallet }>;
  instrument(symbol: Symbol): Promise<Instrument>;
  stop(): Promise<void>;
}

const QUICK = { pollMs: 20, pricesMs: 50, settledMs: 5_000 };

export const ostiumOptions = (sandbox: OstiumSandbox): OstiumOptions => ({
  network: 'testnet',
  rpcUrls: [sandbox.rpcUrl],
  graphUrl: sandbox.graphUrl,
  priceUrl: sandbox.priceUrl,
  contracts: sandbox.contracts,
  timing: QUICK,
});

export async function startOstiumHarness(options: OstiumSandboxOptions = {}): Promise<OstiumHarness> {
  const sandbox = await startOstiumSandbox(options);
  const venues: Venue[] = [];
  const connect = (changes: Partial<OstiumOptions> = {}): Venue => {
    const venue = createOstiumVenue({ ...ostiumOptions(sandbox), ...changes });
    venues.push(venue);
    return venue;
  };
  const venue = connect();
  const makeAccount = async (usdc = '10000') => {
    const [key, ownerKey] = [createTradingKey(), createTradingKey()];
    const owner = createTradingSigner(ownerKey.privateKey);
    await sandbox.control.fund(owner.address, usdc, '10');
    await sandbox.control.fund(key.address, '0', '10');
    const approved = await approveDelegate(ostiumOptions(sandbox), {
      owner,
      delegate: key.address,
      allowanceUsdc: '1000000',
    });
    if (approved.kind !== 'confirmed') throw new Error(approved.text);
    const account = {
      accountId: asId<AccountId>(owner.address),
      signer: createTradingSigner(key.privateKey),
    };
    return { account, owner: new Wallet(ownerKey.privateKey) };
  };
  return {
    sandbox,
    venue,
    ...(await makeAccount()),
    connect,
    makeAccount,
    async instrument(symbol) {
      const found = (await venue.market.instruments()).find((each) => each.symbol === symbol);
      if (!found) throw new Error(`the sandbox has no ${symbol}`);
      return found;
    },
    async stop() {
      await Promise.all(venues.map((each) => each.close()));
      await sandbox.stop();
    },
  };
}

let trades = 0;

/** Orders of a trade, as the order sender would send them. */
export function ordersOf(venue: Venue, instrument: Instrument, side: 'long' | 'short' = 'long') {
  const tradeId = `trade-${(trades += 1)}`;
  const [enter, leave] = side === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const);
  const order = (
    leg: string,
    rest: Pick<OrderRequest, 'kind' | 'size' | 'price'> & Partial<OrderRequest>,
    revision = 0,
  ) => ({
    clientOrderId: venue.clientOrderId(tradeId, leg, leg === 'take_profit' ? 1 : 0, revision),
    instrument,
    side: leg === 'entry' ? enter : leave,
    triggerPrice: null,
    reduceOnly: leg !== 'entry',
    ...rest,
  });
  return {
    entry: (size: string, price: string) => order('entry', { kind: 'ioc', size, price }),
    stop: (size: string, triggerPrice: string) =>
      order('stop', { kind: 'stop_trigger', size, price: triggerPrice, triggerPrice }),
    target: (size: string, triggerPrice: string) =>
      order('take_profit', { kind: 'take_profit_trigger', size, price: triggerPrice, triggerPrice }),
    exit: (size: string, price: string, revision = 0) =>
      order('exit', { kind: 'ioc', size, price }, revision),
  };
}
