import { SandboxError } from '../../errors.ts';

/** A transaction of the sandbox itself that reverted or was not mined in time. */
export class ChainError extends SandboxError {
  override readonly name = 'ChainError';
  readonly code = 'CHAIN_TRANSACTION_FAILED';
}
