import type { Chain } from '../chain/chain.ts';
import type { Interfaces } from '../chain/contracts.ts';
import { isRpcFault } from './faults.ts';
import type { ControlCommand, PairRef, SandboxState } from './command.ts';
import type { Fault, RpcFaultPlan, VenueFault } from './faults.ts';
import type { Subgraph } from '../graph/subgraph.ts';
import type { Keeper } from '../keeper/keeper.ts';
import { findPair, nameOf, PAIRS } from '../market/pairs.ts';
import type { PairSpec } from '../market/pairs.ts';
import type { PriceBoard } from '../market/price-board.ts';
import type { PriceService } from '../market/price-service.ts';
import { CommandError } from '../../errors.ts';

export interface ControlParts {
  readonly board: PriceBoard;
  readonly prices: PriceService;
  readonly graph: Subgraph;
  readonly chain: Chain;
  readonly keeper: Keeper;
  readonly rpcFaults: RpcFaultPlan;
  readonly interfaces: Interfaces;
  readonly keeperDelayMs: number;
  readonly onError: (error: unknown) => void;
  readonly feed: { pause(): void; resume(): void };
}

/** The commands that control the sandbox, over HTTP and in this process. */
export class Control {
  readonly #parts: ControlParts;
  /** Faults that last, each with the function that ends it. */
  readonly #lasting = new Map<Fault, () => void | Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isPriceServiceDown = false;
  #isGraphDown = false;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  get isPriceServiceDown(): boolean {
    return this.#isPriceServiceDown;
  }

  get isGraphDown(): boolean {
    return this.#isGraphDown;
  }

  /** Sets a pair's price. `spread` is ask less bid in the unit of the price, by default the pair's own spread. */
  setPrice(pair: PairRef, mid: string | number, spread?: string | number): void {
    this.#parts.board.set(findPair(pair), mid, spread);
  }

  /** Opens or closes a market. With null its hours decide again. */
  setMarketOpen(pair: PairRef, isOpen: boolean | null): void {
    this.#parts.board.setMarketOpen(findPair(pair), isOpen);
  }

  setDayTradingClosed(pair: PairRef, isClosed: boolean | null): void {
    this.#parts.board.setDayTradingClosed(findPair(pair), isClosed);
  }

  setListed(pair: PairRef, isListed: boolean): Promise<void> {
    return this.#parts.chain.administer('pairsStorage', 'setListed', findPair(pair).index, isListed);
  }

  /** Mints USDC to an account and, if `eth` is given, sets its ether. */
  fund(address: string, usdc: string | number, eth?: string | number): Promise<void> {
    return this.#parts.chain.fund(address, usdc, eth);
  }

  mine(blocks: number): Promise<void> {
    return this.#parts.chain.mine(blocks);
  }

  /** Stops the keeper. Requests for prices wait until it is resumed. */
  pauseKeeper(): void {
    this.#parts.keeper.pause();
  }

  resumeKeeper(): void {
    this.#parts.keeper.resume();
  }

  pausePrices(): void {
    this.#parts.feed.pause();
  }

  resumePrices(): void {
    this.#parts.feed.resume();
  }

  /** Arms a fault and resolves when it works. Throws CommandError for an unknown fault. */
  async fault(fault: Fault): Promise<void> {
    if (isRpcFault(fault)) return this.#parts.rpcFaults.add(fault);
    const end = await this.#begin(fault);
    if (!end) return;
    this.#lasting.set(fault, end);
    if (fault.durationMs !== undefined) this.#endAfter(fault, fault.durationMs);
  }

  async clearFaults(): Promise<void> {
    this.#parts.rpcFaults.clear();
    for (const fault of this.#lasting.keys()) await this.#end(fault);
  }

  state(): SandboxState {
    const { board } = this.#parts;
    const isOpen = (pair: PairSpec): boolean => board.quote(pair).isMarketOpen;
    return {
      prices: board.middles(),
      openMarkets: PAIRS.filter(isOpen).map(nameOf),
      faults: [...this.#lasting.keys()],
    };
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Performs a command and returns its result, `{}` if it has none. Throws CommandError for a bad command. */
  async perform(command: ControlCommand): Promise<object> {
    switch (command.type) {
      case 'setPrice':
        this.setPrice(command.pair, command.price, command.spread);
        return {};
      case 'setMarketOpen':
        this.setMarketOpen(command.pair, command.open);
        return {};
      case 'setDayTradingClosed':
        this.setDayTradingClosed(command.pair, command.closed);
        return {};
      case 'setListed':
        await this.setListed(command.pair, command.listed);
        return {};
      case 'fund':
        await this.fund(command.address, command.usdc, command.eth);
        return {};
      case 'mine':
        await this.mine(command.blocks);
        return {};
      case 'fault':
        await this.fault(command.fault);
        return {};
      case 'state':
        return this.state();
      case 'pauseKeeper':
      case 'resumeKeeper':
      case 'pausePrices':
      case 'resumePrices':
      case 'clearFaults':
        await this[command.type]();
        return {};
      default:
        throw new CommandError(`unknown control command ${JSON.stringify(command)}`);
    }
  }

  async #begin(fault: VenueFault): Promise<(() => void | Promise<void>) | undefined> {
    const { chain, keeper, prices, graph, keeperDelayMs } = this.#parts;
    switch (fault.kind) {
      case 'keeperSilent':
        keeper.silence(fault.count ?? (fault.durationMs === undefined ? 1 : Infinity));
        return () => keeper.silence(0);
      case 'keeperSlow':
        keeper.setDelay(fault.delayMs);
        return () => keeper.setDelay(keeperDelayMs);
      case 'pricesDown':
        this.#isPriceServiceDown = true;
        return () => void (this.#isPriceServiceDown = false);
      case 'pricesStale':
        prices.freeze();
        return () => prices.thaw();
      case 'graphDown':
        this.#isGraphDown = true;
        return () => void (this.#isGraphDown = false);
      case 'graphStale':
        graph.freeze();
        return () => graph.thaw();
      case 'stuck':
        await chain.setStuck(true);
        return () => chain.setStuck(false);
      case 'revert':
        await chain.administer('trading', 'setForcedRevert', this.#errorData(fault.error, fault.args ?? []));
        return () => chain.administer('trading', 'setForcedRevert', '0x');
      case 'delist':
        await this.setListed(fault.pair, false);
        return () => this.setListed(fault.pair, true);
      case 'delegateRevoked':
        await chain.sendAs(fault.trader, 'trading', 'removeDelegate');
        return undefined;
      case 'reorg':
        keeper.pause();
        await chain.reorganise(fault.depth, fault.drop ?? false).finally(() => {
          keeper.forget(fault.drop ?? false);
          keeper.resume();
        });
        return undefined;
      default:
        throw new CommandError(`unknown fault ${JSON.stringify(fault)}`);
    }
  }

  #errorData(name: string, args: readonly unknown[]): string {
    const { trading } = this.#parts.interfaces;
    if (!trading.getError(name)) throw new CommandError(`Trading has no error ${name}`);
    return trading.encodeErrorResult(name, args);
  }

  #endAfter(fault: Fault, durationMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#end(fault).catch(this.#parts.onError);
    }, durationMs);
    this.#timers.add(timer);
  }

  async #end(fault: Fault): Promise<void> {
    const end = this.#lasting.get(fault);
    this.#lasting.delete(fault);
    await end?.();
  }
}
