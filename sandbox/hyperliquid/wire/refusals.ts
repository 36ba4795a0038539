import { SandboxError } from '../../errors.ts';
import { VENUE_TEXT } from './venue-text.ts';

/** A refusal of the whole request: HTTP 200 with `{"status":"err","response":text}`. */
export class RequestRefused extends SandboxError {
  override readonly name = 'RequestRefused';
  readonly code = 'REQUEST_REFUSED';
}

/** A body that the venue cannot read: HTTP 422 with plain text. */
export class UnreadableRequest extends SandboxError {
  override readonly name = 'UnreadableRequest';
  readonly code = 'REQUEST_UNREADABLE';

  constructor() {
    super(VENUE_TEXT.unreadable);
  }
}
