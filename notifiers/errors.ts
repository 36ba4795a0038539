/** Why a channel was not told. `code` is stable; the text is for people and names no secret. */
export abstract class ChannelError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The channel takes nothing any more: deleted, blocked, no right. It is switched off until a person resumes it. */
export class ChannelGone extends ChannelError {
  override name = 'ChannelGone';
}

/** The channel asks to be left alone until a time, in epoch ms. */
export class ChannelBusy extends ChannelError {
  override name = 'ChannelBusy';
  readonly retryAt: number;

  constructor(message: string, retryAt: number) {
    super('channel_busy', message);
    this.retryAt = retryAt;
  }
}

/** The channel cannot be reached, or answers what nobody can read. It is tried again after ever longer pauses. */
export class ChannelDown extends ChannelError {
  override name = 'ChannelDown';

  constructor(message: string, options?: ErrorOptions) {
    super('channel_down', message, options);
  }
}

/** The channel takes messages, but not this one: to send it again cannot help. */
export class MessageRefused extends ChannelError {
  override name = 'MessageRefused';

  constructor(message: string) {
    super('message_refused', message);
  }
}

/** The channel has another address from now on. */
export class ChannelMoved extends ChannelError {
  override name = 'ChannelMoved';
  readonly target: object;

  constructor(message: string, target: object) {
    super('channel_moved', message);
    this.target = target;
  }
}
