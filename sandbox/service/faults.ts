/** The requests that a fault is for; a field that is left out matches every request. */
interface FaultMatch {
  /** Beginning of the path, such as `/2/users/`. */
  readonly path?: string;
  /** How many requests it hits; default 1. */
  readonly count?: number;
}

/** A way in which a service fails a request. */
export type ServiceFault = FaultMatch &
  (
    | {
        /** The request is answered with this, and takes no effect. Text is sent as it is, all else as JSON. */
        readonly kind: 'answer';
        readonly status: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: unknown;
      }
    /** The request is never answered and takes no effect. */
    | { readonly kind: 'hang' }
    /** The connection is cut before the request is read. */
    | { readonly kind: 'cut' }
    /** The request takes effect, and the connection is cut instead of an answer. */
    | { readonly kind: 'loseAnswer' }
    /** The request takes effect, and the connection is cut in the middle of the answer. */
    | { readonly kind: 'halfAnswer' }
  );

/** The armed faults of a service. The fault that was armed first hits first. */
export class ServiceFaults {
  #armed: { fault: ServiceFault; left: number }[] = [];

  add(fault: ServiceFault): void {
    this.#armed.push({ fault, left: fault.count ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Returns the first fault for this path and counts it as used; undefined where there is none. */
  take(path: string): ServiceFault | undefined {
    const found = this.#armed.find(({ fault }) => path.startsWith(fault.path ?? ''));
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#armed.splice(this.#armed.indexOf(found), 1);
    return found.fault;
  }
}
