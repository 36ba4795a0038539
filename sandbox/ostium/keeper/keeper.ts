import { toQuantity } from 'ethers';
import { ADDRESSES } from '../chain/contracts.ts';
import type { Interfaces } from '../chain/contracts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PriceRequestRow } from '../ledger/rows.ts';
import { findPair } from '../market/pairs.ts';
import type { PairSpec } from '../market/pairs.ts';
import type { PriceBoard, Quote } from '../market/price-board.ts';
import type { Rpc } from '../chain/rpc.ts';
import { triggersHit } from './triggers.ts';
import type { Trigger } from './triggers.ts';

export interface KeeperOptions {
  /** Milliseconds between a request for a price and its answer. */
  readonly delayMs: number;
}

const CALL_GAS = 5_000_000;
const MAX_FEE_WEI = 1_000_000_000;

/**
 * The part of the venue that runs off the chain. It answers requests for prices, and executes take profits, stop
 * losses, liquidations, limit and stop orders. A request made while its market was closed is never answered.
 */
export class Keeper {
  readonly #rpc: Rpc;
  readonly #interfaces: Interfaces;
  readonly #ledger: Ledger;
  readonly #board: PriceBoard;
  readonly #address: string;
  readonly #onError: (error: unknown) => void;
  /** Order ids of requests being answered. */
  readonly #taken = new Set<string>();
  /** Order ids of requests that are never answered. */
  readonly #ignored = new Set<string>();
  /** Triggers sent, each with the block that was newest when it was mined; Infinity while it is under way. */
  readonly #pulled = new Map<string, number>();
  /** The quote at which each trigger was sent. It is also settled at that quote. */
  readonly #quotes = new Map<string, Quote>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #delayMs: number;
  #paused = false;
  #toSilence = 0;
  #stopped = false;
  #nonce: number | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(parts: {
    rpc: Rpc;
    interfaces: Interfaces;
    ledger: Ledger;
    board: PriceBoard;
    address: string;
    options: KeeperOptions;
    onError: (error: unknown) => void;
  }) {
    this.#rpc = parts.rpc;
    this.#interfaces = parts.interfaces;
    this.#ledger = parts.ledger;
    this.#board = parts.board;
    this.#address = parts.address;
    this.#delayMs = parts.options.delayMs;
    this.#onError = parts.onError;
  }

  /** Answers new requests and sends due triggers, of one pair or of all. Call it after blocks or prices have changed. */
  work(only?: PairSpec): void {
    if (this.#paused || this.#stopped) return;
    const { books, blockNumber } = this.#ledger;
    if (!only) for (const request of books.requests.values()) this.#take(request);
    for (const trigger of triggersHit(books, this.#board, blockNumber, only)) this.#pull(trigger);
  }

  pause(): void {
    this.#paused = true;
  }

  /** Continues, beginning with the requests and triggers that waited. */
  resume(): void {
    this.#paused = false;
    this.work();
  }

  setDelay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Never answers the next `count` requests. */
  silence(count: number): void {
    this.#toSilence = count;
  }

  /**
   * Forgets answered requests and sent triggers after blocks were replaced, since they may have to be sent again. With
   * `dropped` it also forgets silenced requests, whose order ids new requests can get.
   */
  forget(dropped: boolean): void {
    this.#taken.clear();
    if (dropped) this.#ignored.clear();
    this.#pulled.clear();
    this.#quotes.clear();
    this.#nonce = undefined;
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #take(request: PriceRequestRow): void {
    const key = String(request.orderId);
    if (this.#taken.has(key) || this.#ignored.has(key)) return;
    const pair = findPair(request.pairIndex);
    const isSilenced = this.#toSilence > 0;
    if (isSilenced) this.#toSilence--;
    if (isSilenced || !this.#board.quote(pair).isMarketOpen) return void this.#ignored.add(key);
    this.#taken.add(key);
    this.#later(
      () => this.#answer(request, pair),
      () => this.#taken.delete(key),
    );
  }

  async #answer({ orderId, triggerKey = '' }: PriceRequestRow, pair: PairSpec): Promise<void> {
    const { bid, mid, ask, isDayTradingClosed } = this.#quotes.get(triggerKey) ?? this.#board.quote(pair);
    this.#quotes.delete(triggerKey);
    const answer = [orderId, mid, bid, ask, isDayTradingClosed];
    await this.#send(
      ADDRESSES.priceUpkeep,
      this.#interfaces.priceUpkeep.encodeFunctionData('performUpkeep', [answer]),
    );
  }

  #pull(trigger: Trigger): void {
    const { key, kind, trader, pair, index } = trigger;
    const heardAfter = this.#pulled.get(key);
    if (heardAfter !== undefined && this.#ledger.blockNumber <= heardAfter) return;
    this.#pulled.set(key, Infinity);
    this.#quotes.set(key, this.#board.quote(pair));
    this.#later(async () => {
      const args = [kind, trader, pair.index, index, Math.floor(Date.now() / 1_000)];
      const data = this.#interfaces.trading.encodeFunctionData('executeAutomationOrder', args);
      const blockNumber = this.#ledger.blockNumber;
      await this.#send(ADDRESSES.trading, data).finally(() => this.#pulled.set(key, blockNumber));
    });
  }

  /** Runs `act` after the delay. If it fails, `undo` lets the next block try again. */
  #later(act: () => Promise<void>, undo: () => void = () => undefined): void {
    const run = (): void => {
      if (this.#stopped) return;
      act().catch((error: unknown) => {
        undo();
        if (!this.#stopped) this.#onError(error);
      });
    };
    if (this.#delayMs <= 0) return run();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, this.#delayMs);
    this.#timers.add(timer);
  }

  /** Sends transactions one after another, so that no two get one nonce. */
  #send(to: string, data: string): Promise<void> {
    const sent = this.#sending.then(() => this.#sendNow(to, data));
    this.#sending = sent.catch(() => {
      this.#nonce = undefined;
    });
    return sent;
  }

  async #sendNow(to: string, data: string): Promise<void> {
    this.#nonce ??= Number(await this.#rpc.call<string>('eth_getTransactionCount', this.#address, 'pending'));
    await this.#rpc.call('eth_sendTransaction', {
      from: this.#address,
      to,
      data,
      nonce: toQuantity(this.#nonce),
      gas: toQuantity(CALL_GAS),
      maxFeePerGas: toQuantity(MAX_FEE_WEI),
      maxPriorityFeePerGas: '0x0',
    });
    this.#nonce++;
  }
}
