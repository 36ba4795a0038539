/** Why a source could not be read. `code` is stable; the message is for people and names no secret. */
export abstract class SourceError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The source refuses for good: no right, no credit, gone. It is stopped with this reason until a person resumes it. */
export class SourceBlocked extends SourceError {
  override name = 'SourceBlocked';
}

/** The source asks to be left alone until a time, in epoch ms. */
export class SourceBusy extends SourceError {
  override name = 'SourceBusy';
  readonly retryAt: number;

  constructor(message: string, retryAt: number, options?: ErrorOptions) {
    super('source_busy', message, options);
    this.retryAt = retryAt;
  }
}

/** The source cannot be reached, or returned what nobody can read. It is asked again after ever longer pauses. */
export class SourceDown extends SourceError {
  override name = 'SourceDown';

  constructor(message: string, options?: ErrorOptions) {
    super('source_down', message, options);
  }
}

/** What a person gave cannot make a source. `pointer` names the field: `/handle`, `/options/url`. */
export class SourceInputError extends Error {
  override name = 'SourceInputError';
  readonly code = 'source_refused';
  readonly pointer: string;

  constructor(pointer: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.pointer = pointer;
  }
}
