/** What goes wrong between a client and the chain. Each serves `count` requests, default 1, or all for a while. */
export type RpcFaultKind =
  /** The RPC answers this HTTP status. */
  | { readonly kind: 'rpcStatus'; readonly status: number; readonly method?: string }
  /** The RPC answers 200 with what is no JSON. */
  | { readonly kind: 'rpcGarbage'; readonly method?: string }
  /** The RPC answers JSON that is no answer to what was asked. */
  | { readonly kind: 'rpcNonsense'; readonly method?: string }
  /** The RPC answers null, as a node does that has not indexed what it is asked for. */
  | { readonly kind: 'rpcNull'; readonly method: string }
  /** The RPC refuses a call with these words, and the call takes no effect. */
  | { readonly kind: 'rpcRefuse'; readonly message: string; readonly method: string }
  /** The RPC's answer is held back; the request takes effect before the wait. */
  | { readonly kind: 'rpcDelay'; readonly ms: number; readonly method?: string }
  /** The request takes effect and the connection is cut instead of an answer. */
  | { readonly kind: 'rpcLoseAnswer'; readonly method?: string }
  /** The connection is cut before the request is read. */
  | { readonly kind: 'rpcLoseRequest'; readonly method?: string }
  /** A node lacks the newest blocks: lasts until the faults are cleared or `durationMs` is over. */
  | { readonly kind: 'rpcBehind'; readonly blocks: number; readonly method?: never };

/** What goes wrong at the venue: lasts until the faults are cleared or `durationMs` is over, where not said otherwise. */
export type VenueFaultKind =
  /** The next requests for a price are never answered; only the time-out ends them. */
  | { readonly kind: 'keeperSilent' }
  /** Requests are answered so much later. */
  | { readonly kind: 'keeperSlow'; readonly delayMs: number }
  /** The price service answers 503. */
  | { readonly kind: 'pricesDown' }
  /** The price service goes on telling what it knew, with its old times. */
  | { readonly kind: 'pricesStale' }
  /** The subgraph answers 503. */
  | { readonly kind: 'graphDown' }
  /** The subgraph goes on telling what it knew. */
  | { readonly kind: 'graphStale' }
  /** No blocks are made: transactions stay pending. */
  | { readonly kind: 'stuck' }
  /** Everything sent to Trading reverts with this custom error of it. */
  | { readonly kind: 'revert'; readonly error: string; readonly args?: readonly unknown[] }
  /** The last blocks are replaced by others, at once; transactions return in them unless `drop` is set. */
  | { readonly kind: 'reorg'; readonly depth: number; readonly drop?: boolean }
  /** A trader takes the delegation back, at once and for good. */
  | { readonly kind: 'delegateRevoked'; readonly trader: string }
  /** A pair is delisted until the faults are cleared. */
  | { readonly kind: 'delist'; readonly pair: string | number };

interface Limits {
  readonly count?: number;
  readonly durationMs?: number;
}

/** Which node of the RPC a fault is for: `/rpc` is node 0, `/rpc/1` node 1, and so on; all of them unless given. */
interface OfNode {
  readonly node?: number;
}

export type RpcFault = RpcFaultKind & Limits & OfNode;
export type VenueFault = VenueFaultKind & Limits;
export type Fault = RpcFault | VenueFault;

interface Armed {
  readonly fault: RpcFault;
  left: number;
  readonly untilMs: number;
}

export function isRpcFault(fault: Fault): fault is RpcFault {
  return fault.kind.startsWith('rpc');
}

/** RPC faults waiting for the requests they are meant for, first armed first served. */
export class RpcFaultPlan {
  #armed: Armed[] = [];

  add(fault: RpcFault): void {
    const { count, durationMs } = fault;
    const untilMs = durationMs === undefined ? Infinity : Date.now() + durationMs;
    const lasts = durationMs !== undefined || fault.kind === 'rpcBehind';
    this.#armed.push({ fault, left: count ?? (lasts ? Infinity : 1), untilMs });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Uses up and returns the first fault for one of `methods` at a node; undefined when nothing goes wrong. */
  take(methods: readonly string[], node: number): RpcFault | undefined {
    const found = this.#live(node).find(
      ({ fault: { kind, method } }) =>
        kind !== 'rpcBehind' && (method === undefined || methods.includes(method)),
    );
    if (found) found.left--;
    return found?.fault;
  }

  /** Returns how many of the newest blocks a node lacks. */
  blocksBehind(node: number): number {
    const behind = this.#live(node).flatMap(({ fault }) =>
      fault.kind === 'rpcBehind' ? [fault.blocks] : [],
    );
    return Math.max(0, ...behind);
  }

  #live(node: number): Armed[] {
    const now = Date.now();
    this.#armed = this.#armed.filter(({ left, untilMs }) => left > 0 && untilMs > now);
    return this.#armed.filter(({ fault }) => fault.node === undefined || fault.node === node);
  }
}
