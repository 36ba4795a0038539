/** Kinds of faults whose answer has the wrong content. */
export const CONTENT_FAULTS = [
  'prose',
  'fences',
  'thinking',
  'otherSchema',
  'garbage',
  'empty',
  'obey',
] as const;
/** Kinds of faults that end the answer before it is one. */
export const ENDING_FAULTS = ['refusal', 'truncated', 'contentFilter', 'failed'] as const;
/** Kinds of faults of the transport, and of what is counted. */
export const TRANSPORT_FAULTS = [
  'late',
  'unauthorized',
  'unknownModel',
  'badRequest',
  'rateLimited',
  'serverError',
  'cut',
  'html',
  'wrongUsage',
  'noUsage',
] as const;
export const FAULT_KINDS = [...CONTENT_FAULTS, ...ENDING_FAULTS, ...TRANSPORT_FAULTS] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault that the next requests meet. */
export interface LlmFault {
  kind: FaultKind;
  /** How many requests meet it; all of them when not given. */
  count?: number;
  /** Only requests whose post holds this text. */
  matching?: string;
  /** Of `late`: for how long nothing is answered; 30 s when not given. */
  ms?: number;
  /** Of `rateLimited`: seconds that the answer asks to wait; 1 when not given. */
  retryAfterS?: number;
}

/** The armed faults, oldest first. */
export class Faults {
  #armed: LlmFault[] = [];

  arm(fault: LlmFault): void {
    this.#armed.push({ ...fault });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Returns the fault that a request for this post meets, counted as met; null for none. */
  take(post: string): LlmFault | null {
    const fault = this.#armed.find(({ matching }) => matching === undefined || post.includes(matching));
    if (!fault) return null;
    if (fault.count !== undefined) {
      fault.count -= 1;
      if (fault.count <= 0) this.#armed.splice(this.#armed.indexOf(fault), 1);
    }
    return fault;
  }
}
