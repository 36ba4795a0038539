/** The requests that a fault is for. A field that is left out matches every request. */
export interface FaultMatch {
  /**
   * For actions the type, or `exchange` for all; `modify` covers `batchModify` and `cancel` covers `cancelByCloid`. For
   * reads the type, a kind of read (see READ_KINDS), or `info` for all.
   */
  readonly action?: string | undefined;
  readonly cloid?: string | undefined;
  readonly user?: string | undefined;
}

/** Kinds of faults. A fault hits `count` requests, default 1, or all requests for `durationMs`. */
export type FaultKind =
  /** An order, modify or cancel is refused with the text `error`. */
  | { readonly kind: 'refuse'; readonly error: string }
  /** The request takes effect, and its answer comes `ms` later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The request takes effect, and the connection is cut instead of an answer. */
  | { readonly kind: 'loseAnswer' }
  /** The connection is cut before the request is read. */
  | { readonly kind: 'loseRequest' }
  /** The request is answered with this HTTP status. */
  | { readonly kind: 'http'; readonly status: number }
  /** An immediate-or-cancel order fills at most this fraction of its size. */
  | { readonly kind: 'partialFill'; readonly fraction: number }
  /** A trigger order that fires is rejected instead of executed. */
  | { readonly kind: 'rejectTrigger' }
  /** A read of an account returns its state of `ms` ago, but never of a time before the fault was armed. */
  | { readonly kind: 'stale'; readonly ms: number }
  /** `orderStatus` reports an accepted order as unknown. */
  | { readonly kind: 'noStatus' }
  /** An order that is not post-only is refused, triggers too, as for a while after an upgrade of the venue. */
  | { readonly kind: 'postOnly' }
  /** A reduce-only order worth less than 10 USD is refused. */
  | { readonly kind: 'reduceOnlyMinimum' };

export type Fault = FaultKind & FaultMatch & { readonly count?: number; readonly durationMs?: number };

interface Armed<F extends Fault = Fault> {
  readonly fault: F;
  left: number;
  readonly untilMs: number;
}

/** One request, or one order in it, that a fault may hit. */
export interface FaultSubject {
  readonly action: string;
  /** Further names that match the request: the kind of a read, or `exchange`. */
  readonly also?: readonly string[];
  readonly cloids: readonly string[];
  readonly user?: string | undefined;
}

/** The armed faults. The fault that was armed first hits first. */
export class FaultPlan {
  #armed: Armed[] = [];

  add(fault: Fault): void {
    const byTime = fault.durationMs !== undefined;
    this.#armed.push({
      fault,
      left: fault.count ?? (byTime ? Infinity : 1),
      untilMs: byTime ? Date.now() + fault.durationMs : Infinity,
    });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Returns the first fault of `kind` that matches and counts it as used, undefined if none matches. */
  take<K extends FaultKind['kind']>(kind: K, subject: FaultSubject): (Fault & { kind: K }) | undefined {
    if (this.#armed.length === 0) return undefined;
    const now = Date.now();
    this.#armed = this.#armed.filter((armed) => armed.left > 0 && armed.untilMs > now);
    const isKind = (armed: Armed): armed is Armed<Fault & { kind: K }> => armed.fault.kind === kind;
    const found = this.#armed.filter(isKind).find(({ fault }) => matches(fault, subject));
    if (!found) return undefined;
    found.left--;
    return found.fault;
  }

  list(): readonly Fault[] {
    const now = Date.now();
    return this.#armed.filter((armed) => armed.left > 0 && armed.untilMs > now).map((armed) => armed.fault);
  }
}

function namesOf({ action, also = [] }: FaultSubject): string[] {
  return [familyOf(action), ...also];
}

function familyOf(action: string): string {
  if (action === 'batchModify') return 'modify';
  return action === 'cancelByCloid' ? 'cancel' : action;
}

function matches(fault: FaultMatch, subject: FaultSubject): boolean {
  if (fault.action !== undefined && !namesOf(subject).includes(familyOf(fault.action))) return false;
  if (fault.user !== undefined && fault.user.toLowerCase() !== subject.user) return false;
  return fault.cloid === undefined || subject.cloids.includes(fault.cloid.toLowerCase());
}
