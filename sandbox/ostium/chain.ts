import { hexlify, parseEther, parseUnits, randomBytes, toQuantity } from 'ethers';
import { ADDRESSES } from './contracts.ts';
import type { ContractName, Interfaces } from './contracts.ts';
import type { Staff } from './deploy.ts';
import type { Rpc } from './rpc.ts';
import { ChainError } from './chain-error.ts';
import { CommandError } from '../errors.ts';

const CALL_GAS = 5_000_000;
const MAX_FEE_WEI = 1_000_000_000;
const RECEIPT_POLL_MS = 5;
const RECEIPT_TIMEOUT_MS = 10_000;
/** Reorganisations stay after the block that set the contracts up. */
const FIRST_BLOCK = 1;

/** What the sandbox's owner does to the chain. */
export class Chain {
  readonly #rpc: Rpc;
  readonly #interfaces: Interfaces;
  readonly #staff: Staff;
  readonly #blockTimeMs: number;
  #ticker: NodeJS.Timeout | undefined;
  #isStuck = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(rpc: Rpc, interfaces: Interfaces, staff: Staff, blockTimeMs: number) {
    this.#rpc = rpc;
    this.#interfaces = interfaces;
    this.#staff = staff;
    this.#blockTimeMs = blockTimeMs;
  }

  /** Blocks come with each transaction and, beside that, at the set pace. */
  startTicking(): void {
    if (this.#blockTimeMs <= 0) return;
    this.#ticker = setInterval(() => {
      if (!this.#isStuck) void this.#rpc.call('evm_mine').catch(() => undefined);
    }, this.#blockTimeMs);
  }

  stop(): void {
    clearInterval(this.#ticker);
  }

  async mine(blocks: number): Promise<void> {
    await this.#rpc.call('anvil_mine', toQuantity(blocks));
  }

  async setStuck(isStuck: boolean): Promise<void> {
    this.#isStuck = isStuck;
    await this.#rpc.call('evm_setAutomine', !isStuck);
    if (!isStuck) await this.#rpc.call('evm_mine');
  }

  /** Replaces the last blocks. With `drop` their transactions are gone, else they are mined again in new ones. */
  async reorganise(depth: number, drop: boolean): Promise<void> {
    const head = Number(await this.#rpc.call<string>('eth_blockNumber'));
    if (!(depth >= 1 && depth <= head - FIRST_BLOCK))
      throw new CommandError(`reorg: depth must be 1 to ${head - FIRST_BLOCK}`);
    const transactions = drop ? [] : await this.#transactionsSince(head - depth + 1, head);
    // Made by somebody else, they are other blocks even where they come within the same second.
    await this.#rpc.call('anvil_setCoinbase', hexlify(randomBytes(20)));
    await this.#rpc.call('anvil_reorg', depth, transactions);
  }

  /** Raw transactions, each with its block counted from `from`. */
  async #transactionsSince(from: number, to: number): Promise<[string, number][]> {
    const found: [string, number][] = [];
    for (let number = from; number <= to; number++) {
      const tag = toQuantity(number);
      const block = await this.#rpc.call<{ transactions: string[] }>('eth_getBlockByNumber', tag, false);
      for (const hash of block.transactions)
        found.push([await this.#rpc.call('eth_getRawTransactionByHash', hash), number - from]);
    }
    return found;
  }

  /** Dollars are added to what an account has; ether, where given, is set to at least so much. */
  async fund(address: string, usdc: string | number, eth?: string | number): Promise<void> {
    const amount = parseUnits(String(usdc), 6);
    if (amount > 0n) await this.administer('usdc', 'mint', address, amount);
    if (eth !== undefined)
      await this.#rpc.call('anvil_setBalance', address, toQuantity(parseEther(String(eth))));
  }

  /** Runs a function that only the administrator may. */
  async administer(name: ContractName, method: string, ...args: unknown[]): Promise<void> {
    await this.#send(this.#staff.gov, name, method, args);
  }

  /** Sends as somebody whose key we need not have. */
  async sendAs(address: string, name: ContractName, method: string, ...args: unknown[]): Promise<void> {
    await this.#rpc.call('anvil_impersonateAccount', address);
    try {
      await this.#send(address, name, method, args);
    } finally {
      await this.#rpc.call('anvil_stopImpersonatingAccount', address);
    }
  }

  /** One after the other: the node gives two that come at once the same nonce. */
  #send(from: string, name: ContractName, method: string, args: readonly unknown[]): Promise<void> {
    const sent = this.#sending.then(() => this.#sendNow(from, name, method, args));
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  async #sendNow(from: string, name: ContractName, method: string, args: readonly unknown[]): Promise<void> {
    const hash = await this.#rpc.call<string>('eth_sendTransaction', {
      from,
      to: ADDRESSES[name],
      data: this.#interfaces[name].encodeFunctionData(method, args),
      gas: toQuantity(CALL_GAS),
      maxFeePerGas: toQuantity(MAX_FEE_WEI),
      maxPriorityFeePerGas: '0x0',
    });
    const { status } = await this.#receiptOf(hash);
    if (status !== '0x1') throw new ChainError(`${name}.${method} reverted`);
  }

  async #receiptOf(hash: string): Promise<{ status: string }> {
    const deadline = performance.now() + RECEIPT_TIMEOUT_MS;
    while (performance.now() < deadline) {
      const receipt = await this.#rpc.call<{ status: string } | null>('eth_getTransactionReceipt', hash);
      if (receipt) return receipt;
      if (this.#isStuck) await this.#rpc.call('evm_mine');
      await new Promise((resolve) => {
        setTimeout(resolve, RECEIPT_POLL_MS);
      });
    }
    throw new ChainError(`transaction ${hash} was not mined`);
  }
}
