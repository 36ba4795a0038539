import { setTimeout as delay } from 'node:timers/promises';
import {
  Contract,
  Interface,
  JsonRpcProvider,
  MaxUint256,
  parseUnits,
  toBeHex,
  Wallet,
  ZeroAddress,
} from 'ethers';
import type { ContractTransactionResponse, Result, TransactionReceipt } from 'ethers';
import { startOstiumSandbox } from '#sandbox/ostium/server.ts';
import type { OstiumSandbox, OstiumSandboxOptions } from '#sandbox/ostium/server.ts';
import deployed from '../fixtures/ostium/abi.json' with { type: 'json' };

const USDC_ABI = [
  'function approve(address spender, uint256 amount) returns (bool)',
  'function balanceOf(address owner) view returns (uint256)',
];
const WAIT_MS = 10_000;
const POLL_MS = 20;
const GAS = 2_500_000;

export const usdc = (amount: string | number): bigint => parseUnits(String(amount), 6);
export const price = (value: string | number): bigint => parseUnits(String(value), 18);

/** The deployed contracts' own interfaces. */
export const CALLBACKS = new Interface(deployed.callbacks);
export const TRADING = new Interface(deployed.trading);

/** Terms of an open; by default 100 USDC long at 10x on BTC-USD, wanted at 100,000 with 1 % of slippage. */
export interface OpenTerms {
  readonly collateral?: bigint;
  readonly openPrice?: bigint;
  readonly tp?: bigint;
  readonly sl?: bigint;
  readonly leverage?: number;
  readonly pairIndex?: number;
  readonly buy?: boolean;
  /** 0 market, 1 limit, 2 stop. */
  readonly orderType?: number;
  readonly slippageP?: number;
}

export interface Settlement {
  readonly name: string;
  readonly args: Result;
}

/** One account with the deployed contracts' interfaces. */
export class OstiumTrader {
  readonly wallet: Wallet;
  readonly trading: Contract;
  readonly storage: Contract;
  readonly usdc: Contract;

  constructor(privateKey: string, provider: JsonRpcProvider, { contracts }: OstiumSandbox) {
    this.wallet = new Wallet(privateKey, provider);
    this.trading = new Contract(contracts.trading, deployed.trading, this.wallet);
    this.storage = new Contract(contracts.tradingStorage, deployed.tradingStorage, this.wallet);
    this.usdc = new Contract(contracts.usdc, USDC_ABI, this.wallet);
  }

  get address(): string {
    return this.wallet.address;
  }

  async approve(): Promise<void> {
    await this.send(this.usdc, 'approve', await this.storage.getAddress(), MaxUint256);
  }

  balance(): Promise<bigint> {
    return this.usdc.getFunction('balanceOf')(this.address) as Promise<bigint>;
  }

  openArguments(terms: OpenTerms = {}): unknown[] {
    const { collateral = usdc(100), openPrice = price(100_000), tp = 0n, sl = 0n, leverage = 1_000 } = terms;
    const { pairIndex = 0, buy = true, orderType = 0, slippageP = orderType === 0 ? 100 : 0 } = terms;
    const trade = [collateral, openPrice, tp, sl, ZeroAddress, leverage, pairIndex, 0, buy, false];
    return [trade, [ZeroAddress, 0], orderType, slippageP];
  }

  /** Sends and waits for the receipt, without asking first whether it would revert. Rejects if it has. */
  async send(contract: Contract, method: string, ...args: unknown[]): Promise<TransactionReceipt> {
    const { hash } = (await contract.getFunction(method)(...args, {
      gasLimit: GAS,
    })) as ContractTransactionResponse;
    const receipt = await this.receiptOf(hash);
    if (receipt.status !== 1) throw new Error(`${method} reverted`);
    return receipt;
  }

  /** Waits for a receipt by polling, because ethers itself looks again only when another block comes. */
  receiptOf(hash: string): Promise<TransactionReceipt> {
    return until(`the receipt of ${hash}`, async () => {
      return (await this.wallet.provider!.getTransactionReceipt(hash)) ?? undefined;
    });
  }

  /** Opens a trade and returns the id of its order. */
  async open(terms: OpenTerms = {}): Promise<bigint> {
    return orderIdOf(await this.send(this.trading, 'openTrade', ...this.openArguments(terms)));
  }

  async close(
    percentage = 10_000,
    marketPrice = price(100_000),
    slippageP = 100,
    index = 0,
  ): Promise<bigint> {
    const args = [0, index, percentage, marketPrice, slippageP];
    return orderIdOf(await this.send(this.trading, 'closeTradeMarket', ...args));
  }

  openTrades(): Promise<bigint> {
    return this.storage.getFunction('openTradesCount')(this.address, 0) as Promise<bigint>;
  }

  pendingOrders(): Promise<bigint[]> {
    return this.storage.getFunction('getPendingOrderIds')(this.address) as Promise<bigint[]>;
  }

  /** Places of the trades open on BTC-USD. */
  async openIndexes(): Promise<number[]> {
    const found: number[] = [];
    const count = Number(await this.openTrades());
    for (let index = 0; found.length < count; index++) {
      const trade = (await this.storage.getFunction('getOpenTrade')(this.address, 0, index)) as Result;
      if (trade['leverage'] !== 0n) found.push(index);
    }
    return found;
  }

  /** Returns the name of the custom error with which a call of the contract Trading would revert. */
  async refusal(method: string, ...args: unknown[]): Promise<string> {
    const data = TRADING.encodeFunctionData(method, args);
    const to = await this.trading.getAddress();
    return this.wallet.call({ to, data, from: this.address }).then(
      () => 'accepted',
      (error: { data?: string; message: string }) =>
        TRADING.parseError(error.data ?? '0x')?.name ?? error.message,
    );
  }
}

/** A running sandbox of Ostium with BTC-USD at 100,000, a spread of 20, and two wallets that may trade. */
export class OstiumTestVenue {
  readonly sandbox: OstiumSandbox;
  readonly provider: JsonRpcProvider;
  readonly trader: OstiumTrader;
  readonly other: OstiumTrader;

  static async open(options: OstiumSandboxOptions = {}): Promise<OstiumTestVenue> {
    const sandbox = await startOstiumSandbox({ keeper: { delayMs: 0 }, blockTimeMs: 0, ...options });
    sandbox.control.setPrice('BTC-USD', '100000', '20');
    const ostium = new OstiumTestVenue(sandbox);
    await Promise.all([ostium.trader.approve(), ostium.other.approve()]);
    return ostium;
  }

  private constructor(sandbox: OstiumSandbox) {
    this.sandbox = sandbox;
    // Without cache and batches, each read sees the chain as it is.
    const plain = { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1, pollingInterval: POLL_MS };
    this.provider = new JsonRpcProvider(sandbox.rpcUrl, sandbox.chainId, plain);
    this.trader = new OstiumTrader(sandbox.traders[0]!.privateKey, this.provider, sandbox);
    this.other = new OstiumTrader(sandbox.traders[1]!.privateKey, this.provider, sandbox);
  }

  /**
   * Clears faults, brings BTC-USD back to 100,000, and closes whatever is open there. Rejects if the venue then holds
   * anything but its own fees.
   */
  async restore(): Promise<void> {
    const { control } = this.sandbox;
    await control.clearFaults();
    control.setMarketOpen('BTC-USD', null);
    control.setPrice('BTC-USD', '100000', '20');
    for (const trader of [this.trader, this.other]) {
      await until(
        'pending orders to settle',
        async () => (await trader.pendingOrders()).length === 0 || undefined,
      );
      for (const index of await trader.openIndexes())
        await this.settled(await trader.close(10_000, price(100_000), 5_000, index));
    }
    const surplus = await this.surplus();
    if (surplus !== 0n) throw new Error(`the venue holds ${surplus} beside its fees`);
  }

  /** Returns the USDC that the venue holds beside its own fees. */
  async surplus(): Promise<bigint> {
    const { tradingStorage, usdc: token } = this.sandbox.contracts;
    const storage = new Contract(
      tradingStorage,
      ['function devFees() view returns (uint256)'],
      this.provider,
    );
    const held = (await new Contract(token, USDC_ABI, this.provider).getFunction('balanceOf')(
      tradingStorage,
    )) as bigint;
    return held - ((await storage.getFunction('devFees')()) as bigint);
  }

  async close(): Promise<void> {
    this.provider.destroy();
    await this.sandbox.stop();
  }

  /** Returns the event that settled an order; undefined while there is none. */
  async settlementOf(orderId: bigint): Promise<Settlement | undefined> {
    const address = this.sandbox.contracts.callbacks;
    const logs = await this.provider.getLogs({ address, fromBlock: 0, topics: [null, toBeHex(orderId, 32)] });
    const events = logs.flatMap((log) => CALLBACKS.parseLog(log) ?? []);
    const event = events.find(({ name }) => /Executed|Cancell?ed|Rejected/.test(name));
    return event && { name: event.name, args: event.args };
  }

  settled(orderId: bigint): Promise<Settlement> {
    return until(`settlement of order ${orderId}`, () => this.settlementOf(orderId));
  }

  /** Waits for an order of this type that the keeper sent, and returns it as the subgraph has it. */
  async triggered(orderType: string): Promise<Record<string, string>> {
    return until(`an order of type ${orderType}`, async () => {
      const query = `{ orders(where: { orderType: "${orderType}", isPending: false }, orderBy: id, orderDirection: desc)
        { id price priceAfterImpact profitPercent amountSentToTrader liquidationFee isCancelled } }`;
      const { orders } = await this.graph<{ orders: Record<string, string>[] }>(query);
      return orders[0];
    });
  }

  /** Returns the subgraph's answer, which comes after the keeper has read the whole chain. */
  async graph<T>(query: string): Promise<T> {
    const response = await fetch(this.sandbox.graphUrl, { method: 'POST', body: JSON.stringify({ query }) });
    const { data } = (await response.json()) as { data: T };
    return data;
  }
}

/** Polls until there is something; rejects after 10 s. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(POLL_MS);
  }
  throw new Error(`waited ${WAIT_MS} ms for ${what}`);
}

/** Returns the id of an order from the oracle's event in its receipt, where the venue's own client reads it too. */
export function orderIdOf(receipt: TransactionReceipt): bigint {
  const { topic0 } = deployed.priceUpKeepEvent;
  const log = receipt.logs.find(({ topics }) => topics[0] === topic0);
  if (!log?.topics[1]) throw new Error(`no price was asked for in ${receipt.hash}`);
  return BigInt(log.topics[1]);
}
