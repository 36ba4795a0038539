import { hexlify, parseEther, parseUnits, randomBytes, toQuantity } from 'ethers';
import { ADDRESSES } from './contracts.ts';
import type { ContractName, Interfaces } from './contracts.ts';
import type { Staff } from './deploy.ts';
import type { Rpc } from './rpc.ts';
import { ChainError } from './chain-error.ts';
import { CommandError } from '../../errors.ts';

const CALL_GAS = 5_000_000;
const MAX_FEE_WEI = 1_000_000_000;
const RECEIPT_POLL_MS = 5;
const RECEIPT_TIMEOUT_MS = 10_000;
/** Number of the block that set up the contracts. Reorganisations replace only later blocks. */
const FIRST_BLOCK = 1;

/** Changes to the chain that only the sandbox may make: blocks, reorganisations, funds and administration. */
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

  /** Starts to mine empty blocks at the set pace. Each transaction also gets a block of its own. */
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

  /**
   * Replaces the last `depth` blocks. With `drop` their transactions are lost, else they are mined again in new blocks.
   * Throws CommandError if the depth reaches the block that set up the contracts.
   */
  async reorganise(depth: number, drop: boolean): Promise<void> {
    const head = Number(await this.#rpc.call<string>('eth_blockNumber'));
    if (!(depth >= 1 && depth <= head - FIRST_BLOCK))
      throw new CommandError(`reorg: depth must be 1 to ${head - FIRST_BLOCK}`);
    const transactions = drop ? [] : await this.#transactionsSince(head - depth + 1, head);
    // Another miner address gives the new blocks other hashes, even if they are mined in the second of the old ones.
    await this.#rpc.call('anvil_setCoinbase', hexlify(randomBytes(20)));
    await this.#rpc.call('anvil_reorg', depth, transactions);
  }

  /** Returns the raw transactions of the blocks, each with its block number less `from`. */
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

  /** Mints USDC to an account and, if `eth` is given, sets its ether to that amount. */
  async fund(address: string, usdc: string | number, eth?: string | number): Promise<void> {
    const amount = parseUnits(String(usdc), 6);
    if (amount > 0n) await this.administer('usdc', 'mint', address, amount);
    if (eth !== undefined)
      await this.#rpc.call('anvil_setBalance', address, toQuantity(parseEther(String(eth))));
  }

  /** Calls a contract function as administrator. Throws ChainError if it reverts. */
  async administer(name: ContractName, method: string, ...args: unknown[]): Promise<void> {
    await this.#send(this.#staff.gov, name, method, args);
  }

  /** Calls a contract function as any address, without its key. Throws ChainError if it reverts. */
  async sendAs(address: string, name: ContractName, method: string, ...args: unknown[]): Promise<void> {
    await this.#rpc.call('anvil_impersonateAccount', address);
    try {
      await this.#send(address, name, method, args);
    } finally {
      await this.#rpc.call('anvil_stopImpersonatingAccount', address);
    }
  }

  /** Sends transactions one after another, because the node gives simultaneous ones the same nonce. */
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
