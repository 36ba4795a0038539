import { toQuantity } from 'ethers';
import type { Interface } from 'ethers';
import { ADDRESSES } from '../chain/contracts.ts';
import type { ContractName, Interfaces } from '../chain/contracts.ts';
import type { Rpc } from '../chain/rpc.ts';
import { applyEvent } from './apply.ts';
import { Books } from './rows.ts';

interface Log {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly blockTimestamp?: string;
  readonly transactionHash: string;
  readonly transactionIndex: string;
  readonly logIndex: string;
}

interface Block {
  readonly number: string;
  readonly hash: string;
}

const SOURCES: readonly ContractName[] = [
  'trading',
  'tradingStorage',
  'callbacks',
  'priceUpkeep',
  'pairsStorage',
  'pairInfos',
];

/** Trades, orders and limits, read from the events of the chain. After a reorganisation all events are read again. */
export class Ledger {
  readonly #rpc: Rpc;
  readonly #interfaces: ReadonlyMap<string, Interface>;
  #books = new Books();
  #last: { number: number; hash: string } | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(rpc: Rpc, interfaces: Interfaces) {
    this.#rpc = rpc;
    this.#interfaces = new Map(SOURCES.map((name) => [ADDRESSES[name].toLowerCase(), interfaces[name]]));
  }

  get books(): Books {
    return this.#books;
  }

  /** Number of the newest block that was read. */
  get blockNumber(): number {
    return this.#last?.number ?? 0;
  }

  /** Reads the blocks since the last call. Calls run one after another. */
  sync(): Promise<void> {
    const next = this.#running.then(() => this.#sync());
    this.#running = next.catch(() => undefined);
    return next;
  }

  async #sync(): Promise<void> {
    const head = await this.#block('latest');
    if (!head || head.hash === this.#last?.hash) return;
    const isSameChain = this.#last !== undefined && (await this.#stillHolds(this.#last));
    const books = isSameChain ? this.#books : new Books();
    const from = isSameChain ? this.#last!.number + 1 : 0;
    for (const log of await this.#logs(from, Number(head.number))) this.#apply(books, log);
    this.#books = books;
    this.#last = { number: Number(head.number), hash: head.hash };
  }

  async #stillHolds({ number, hash }: { number: number; hash: string }): Promise<boolean> {
    const block = await this.#block(toQuantity(number));
    return block?.hash === hash;
  }

  #block(tag: string): Promise<Block | null> {
    return this.#rpc.call('eth_getBlockByNumber', tag, false);
  }

  async #logs(from: number, to: number): Promise<Log[]> {
    const filter = {
      address: [...this.#interfaces.keys()],
      fromBlock: toQuantity(from),
      toBlock: toQuantity(to),
    };
    return this.#rpc.call('eth_getLogs', filter);
  }

  #apply(books: Books, log: Log): void {
    const event = this.#interfaces.get(log.address.toLowerCase())?.parseLog(log);
    if (!event) return;
    applyEvent(books, {
      event,
      blockNumber: Number(log.blockNumber),
      timestamp: Number(log.blockTimestamp ?? 0),
      transactionHash: log.transactionHash,
    });
  }
}
