/**
 * Root of every error that a sandbox throws on purpose. `code` names the kind of error and never changes; `cause`
 * holds the error underneath, where there is one.
 */
export abstract class SandboxError extends Error {
  abstract readonly code: string;
}

/** A command or option that a sandbox cannot read or has no subject for: an unknown coin, a malformed amount. */
export class CommandError extends SandboxError {
  override readonly name = 'CommandError';
  readonly code = 'SANDBOX_COMMAND_INVALID';
}
