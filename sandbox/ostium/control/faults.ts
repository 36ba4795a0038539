/** Faults between a client and the chain. Each hits `count` requests, default 1, or all requests for `durationMs`. */
export type RpcFaultKind =
  /** The RPC answers this HTTP status. */
  | { readonly kind: 'rpcStatus'; readonly status: number; readonly method?: string }
  /** The RPC answers 200 with a body that is not JSON. */
  | { readonly kind: 'rpcGarbage'; readonly method?: string }
  /** The RPC answers JSON that does not fit the request. */
  | { readonly kind: 'rpcNonsense'; readonly method?: string }
  /** The RPC answers null, like a node that has not indexed the requested data. */
  | { readonly kind: 'rpcNull'; readonly method: string }
  /** The RPC refuses a call with this message, and the call takes no effect. */
  | { readonly kind: 'rpcRefuse'; readonly message: string; readonly method: string }
  /** The request takes effect, and its answer comes `ms` later. */
  | { readonly kind: 'rpcDelay'; readonly ms: number; readonly method?: string }
  /** The request takes effect and the connection is cut instead of an answer. */
  | { readonly kind: 'rpcLoseAnswer'; readonly method?: string }
  /** The connection is cut before the request is read. */
  | { readonly kind: 'rpcLoseRequest'; readonly method?: string }
  /** A node lacks the newest blocks, until the faults are cleared or `durationMs` is over. */
  | { readonly kind: 'rpcBehind'; readonly blocks: number; readonly method?: never };

/** Faults of the venue. Unless stated otherwise a fault lasts until faults are cleared or `durationMs` is over. */
export type VenueFaultKind =
  /** The next requests for a price are never answered. Only their time-out ends them. */
  | { readonly kind: 'keeperSilent' }
  /** Requests for a price are answered `delayMs` later. */
  | { readonly kind: 'keeperSlow'; readonly delayMs: number }
  /** The price service answers 503. */
  | { readonly kind: 'pricesDown' }
  /** The price service keeps returning the prices and times of the moment when the fault began. */
  | { readonly kind: 'pricesStale' }
  /** The subgraph answers 503. */
  | { readonly kind: 'graphDown' }
  /** The subgraph keeps returning the state of the moment when the fault began. */
  | { readonly kind: 'graphStale' }
  /** No blocks are mined, so transactions stay pending. */
  | { readonly kind: 'stuck' }
  /** Every transaction to the Trading contract reverts with this custom error of the contract. */
  | { readonly kind: 'revert'; readonly error: string; readonly args?: readonly unknown[] }
  /** The last blocks are replaced at once. Their transactions are mined again unless `drop` is set. */
  | { readonly kind: 'reorg'; readonly depth: number; readonly drop?: boolean }
  /** A trader removes the delegate, at once and permanently. */
  | { readonly kind: 'delegateRevoked'; readonly trader: string }
  /** A pair is delisted until the faults are cleared. */
  | { readonly kind: 'delist'; readonly pair: string | number };

interface Limits {
  readonly count?: number;
  readonly durationMs?: number;
}

/** The node that a fault is for: `/rpc` is node 0, `/rpc/1` is node 1. Without it the fault hits all nodes. */
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

/** Returns whether a fault lies between a client and the chain. */
export function isRpcFault(fault: Fault): fault is RpcFault {
  return fault.kind.startsWith('rpc');
}

/** The armed RPC faults. The fault that was armed first hits first. */
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

  /** Returns the first fault for one of `methods` at a node and counts it as used, undefined if none matches. */
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
