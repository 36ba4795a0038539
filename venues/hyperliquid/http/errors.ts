import { AbstractWalletError, HttpRequestError, HyperliquidError } from '@nktkas/hyperliquid';
import { VenueError, type Outcome } from '../../venue.ts';
import { LaneBusy } from '../../lanes.ts';
import { RateLimited } from './rate-limiter.ts';

type Failure = Exclude<Outcome<never>, { kind: 'confirmed' }>;

const TOO_MANY_REQUESTS = 429;
const REQUEST_TIMEOUT = 408;

/** System codes of a connection that was never made: not one byte of the request left. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Returns the outcome of an action that failed. It is a no only where the venue cannot have acted: an answer of the 4xx
 * kind comes before processing (429 included), and a connection that was never made carried nothing. Any other failure is
 * unresolved.
 */
export function failureOfAction(error: unknown): Failure {
  if (error instanceof HttpRequestError) return failureOfExchange(error);
  if (error instanceof RateLimited) return denied('rate_limited', error.message);
  if (error instanceof LaneBusy) return denied('signer_busy', error.message);
  // The words of the signer are left out: they could quote its key.
  if (error instanceof AbstractWalletError) return denied('signer_failed', 'the trading key could not sign');
  if (error instanceof HyperliquidError) return denied('request_malformed', error.message);
  return { kind: 'unresolved', text: textOf(error) };
}

function failureOfExchange(error: HttpRequestError): Failure {
  if (neverConnected(error)) return denied('venue_unreachable', textOf(error));
  const status = error.response?.status ?? 0;
  if (status === TOO_MANY_REQUESTS) return denied('rate_limited', 'the venue asks for fewer requests (429)');
  if (status >= 400 && status < 500 && status !== REQUEST_TIMEOUT) {
    return { kind: 'rejected', code: 'request_refused', text: textOf(error) };
  }
  return { kind: 'unresolved', text: textOf(error) };
}

/** Returns the error that a reading method throws for a failed read. */
export function failureOfRead(error: unknown): VenueError {
  if (error instanceof VenueError) return error;
  const read = (code: string, verdict: VenueError['verdict'], text = textOf(error)): VenueError =>
    new VenueError(code, text, verdict, { cause: error });
  if (error instanceof RateLimited) return read('rate_limited', 'postpone');
  if (!(error instanceof HttpRequestError)) return read('request_malformed', 'fatal');
  const status = error.response?.status;
  if (status === TOO_MANY_REQUESTS) {
    return read('rate_limited', 'postpone', 'the venue asks for fewer requests (429)');
  }
  if (status === undefined) return read('venue_unreachable', 'retry');
  if (status >= 500) return read('venue_unavailable', 'retry');
  if (status >= 400) return read('request_refused', 'fatal');
  return read('venue_unreadable', 'retry');
}

/** Returns whether the venue answered that its request budget is used up (429). */
export const isTooManyRequests = (error: unknown): boolean =>
  error instanceof HttpRequestError && error.response?.status === TOO_MANY_REQUESTS;

const denied = (code: string, text: string): Failure => ({ kind: 'denied', code, text });

function neverConnected(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && NEVER_CONNECTED.has(cause.code)) return true;
  }
  return false;
}

/** Returns the message of an error with that of its innermost cause, which says what happened. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let innermost = error;
  while (innermost.cause instanceof Error) innermost = innermost.cause;
  return innermost === error ? error.message : `${error.message} (${innermost.message})`;
}
