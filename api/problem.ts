/**
 * Every problem of a request, as RFC 9457 has them. Codes are stable, because clients rely on them, and
 * docs/errors.md is generated from this list.
 */
export const PROBLEMS = {
  validation_failed: [400, 'The request is not valid.', 'Correct the fields named in `errors`.'],
  malformed_body: [400, 'The body is not JSON.', 'Send valid JSON with content type application/json.'],
  malformed_request: [400, 'That is not a request.', 'Send valid HTTP/1.1 with a `host` header.'],
  unauthenticated: [
    401,
    'A valid API key or session is needed.',
    'Send `Authorization: Bearer <key>`, or sign in; `signalman doctor` says where the key is.',
  ],
  sign_in_refused: [
    401,
    'The signature does not sign you in.',
    'Ask for a message, sign it as it is, and try again.',
  ],
  sign_up_closed: [
    403,
    'Nobody has added that wallet here.',
    'Ask an admin to add it: `signalman users add`.',
  ],
  origin_refused: [
    403,
    'The request comes from a page that is none of this API.',
    'Name the origin in SIGNALMAN_ORIGINS, or open the page at the address of the API.',
  ],
  proof_needed: [
    403,
    'That needs a fresh signature.',
    'Sign the message of `POST /v1/auth/proof/nonce` and send it to `POST /v1/auth/proof`, or sign in again.',
  ],
  scope_missing: [
    403,
    'The key may not be used for that.',
    'Use a key with the scope that `detail` names; `signalman keys` lists the scopes of yours.',
  ],
  role_missing: [403, 'Your role may not do that.', 'Ask an admin for the role that `detail` names.'],
  request_key_invalid: [
    400,
    'That is no Idempotency-Key.',
    'Send 1 to 100 visible characters without spaces, such as a UUID.',
  ],
  request_key_used: [
    422,
    'Another request had that Idempotency-Key.',
    'Send a new key with each request that is not a repetition.',
  ],
  request_under_way: [
    409,
    'The first request with that Idempotency-Key has no answer yet.',
    'Ask again in a moment. If it stays so, the process that had it was ended: look whether it was done.',
  ],
  hook_refused: [
    401,
    'The delivery is not signed as it must be.',
    'Sign it by the Standard Webhooks specification; see docs/webhooks.md.',
  ],
  route_not_found: [404, 'There is no such route.', 'See /docs for the routes there are.'],
  agent_not_found: [404, 'There is no such agent.', 'List agents with `signalman agents`.'],
  method_not_allowed: [
    405,
    'The route does not take that method.',
    'Use one of those in the header `allow`.',
  ],
  request_timeout: [408, 'The request did not arrive in time.', 'Send it whole, within 15 s.'],
  api_key_not_found: [404, 'There is no such API key.', 'List them with `signalman keys`.'],
  channel_not_found: [404, 'There is no such channel.', 'List yours with `signalman notify`.'],
  channel_exists: [409, 'There is a channel of that name.', 'Choose another name, or remove the channel.'],
  too_many_channels: [409, 'There are too many channels.', 'Remove one first.'],
  channel_refused: [422, 'That cannot be a channel.', 'Correct what `detail` names.'],
  session_not_found: [404, 'There is no such session.', 'List yours with `GET /v1/sessions`.'],
  user_not_found: [404, 'There is no such user.', 'List users with `signalman users`.'],
  user_exists: [409, 'Another user has that name or wallet.', 'Choose another one.'],
  last_admin: [409, 'No admin would be left.', 'Make another user an admin first.'],
  session_needed: [409, 'That is for sessions, and the request came with a key.', 'Sign in first.'],
  key_needed: [409, 'That is for keys, and the request came with a session.', 'Send an API key.'],
  wallet_missing: [409, 'You have no wallet that could sign.', 'Sign in anew with the key.'],
  chain_unknown: [
    422,
    'Wallets of that chain cannot sign in here.',
    'Use Ethereum or Arbitrum, or name an RPC URL of the chain in SIGNALMAN_SIGN_IN_RPC_URLS.',
  ],
  deployment_not_found: [404, 'There is no such deployment.', 'List them with `signalman deployments`.'],
  signal_not_found: [404, 'There is no such signal.', 'List signals with `signalman signals`.'],
  source_not_found: [404, 'There is no such source.', 'List sources with `signalman sources`.'],
  schedule_not_found: [404, 'There is no such schedule.', 'List schedules with `signalman schedules`.'],
  hook_not_found: [
    404,
    'No source is behind that address.',
    'Make an address with `signalman hooks add`; a replaced one opens nothing any more.',
  ],
  brake_not_found: [404, 'There is no such brake.', 'List them with `signalman brakes`.'],
  brake_ended: [409, 'The brake has ended.', 'Nothing is held back by it any more.'],
  trade_not_found: [404, 'There is no such trade.', 'List trades with `signalman trades`.'],
  trade_id_ambiguous: [409, 'Several trades match the id.', 'Give more of the id.'],
  id_ambiguous: [409, 'Several match the id.', 'Give more of the id.'],
  trade_ended: [409, 'The trade has ended.', 'Nothing is left to do with it.'],
  trade_not_open: [409, 'The trade is not open.', 'Only the exits of an open trade can be changed.'],
  trade_not_running: [
    409,
    'No workflow runs for the trade.',
    'Look at the trade in the Temporal UI: its workflow was ended by hand or failed.',
  ],
  agent_name_taken: [409, 'An agent of that name exists.', 'Choose another name.'],
  version_changed: [
    412,
    'The agent has been changed since.',
    'Read it again, and send the change with its present version in `If-Match`.',
  ],
  agent_state: [409, 'The agent cannot change that way.', 'Look at its status first.'],
  agent_in_use: [
    409,
    'Deployments of the agent have not ended.',
    'Leave them first: `signalman deployments leave`.',
  ],
  agent_not_active: [409, 'The agent is paused or archived.', 'Use an active agent.'],
  deployment_exists: [409, 'The agent already trades for that wallet.', 'Use the deployment there is.'],
  source_exists: [409, 'There is such a source already.', 'Use the source there is, or resume it.'],
  source_in_use: [409, 'Agents listen to the source.', 'Pause it instead, or take it from the agents first.'],
  last_api_key: [409, 'It is the last key that opens the API.', 'Add another key first.'],
  trading_key_exists: [
    409,
    'The deployment has a trading key for that venue.',
    'Approve the key there is with the wallet, or replace it with `signalman deployments key rotate`.',
  ],
  trading_key_not_found: [
    404,
    'The deployment has no trading key for that venue.',
    'Make one with `signalman deployments key`.',
  ],
  trading_key_unreadable: [
    409,
    'The trading key that is to take over does not open.',
    'Put the master key right that `detail` names, or rotate again.',
  ],
  approval_refused: [
    422,
    'The approval was not taken.',
    'Sign what the steps name with the wallet of the deployment, and see `detail`.',
  ],
  wallet_has_trading_key: [
    409,
    'The venue lets one key trade for a wallet, and another deployment has it.',
    'Use another wallet, or the deployment there is.',
  ],
  deployment_state: [409, 'The deployment cannot change that way.', 'Look at its status first.'],
  body_too_large: [413, 'The body is too large.', 'Send less than 64 KiB.'],
  unsupported_media_type: [415, 'The content type is not supported.', 'Send application/json.'],
  wallet_needed: [
    422,
    'A wallet address is needed.',
    'Give `walletAddress`: wallets are made only where the venue is a sandbox.',
  ],
  symbol_ambiguous: [
    422,
    'The symbol can mean more than one instrument.',
    'Name one of those in `detail`; `signalman venues --instruments` lists them.',
  ],
  symbol_unreadable: [422, 'That is not a symbol.', 'Write it like BTC, EUR-USD or xyz:TSLA.'],
  barriers_refused: [422, 'The position cannot have those exits.', 'Correct what `detail` names.'],
  stop_beyond_liquidation: [
    422,
    'The venue would liquidate the position before its stop.',
    'Name a stop on the near side of the price in `detail`.',
  ],
  nothing_found: [
    404,
    'Nothing has that id.',
    'Give the id of a message, a signal or a trade, or its last six characters.',
  ],
  score_not_found: [
    404,
    'There is no such score.',
    'Scores are computed every six hours; see docs/scoring.md.',
  ],
  hook_too_old: [422, 'The message arrives too late.', 'Send it within its `max_lag`.'],
  hook_paused: [409, 'The source is paused or archived.', 'Resume it.'],
  source_refused: [422, 'The source cannot be read.', 'Correct what `detail` names.'],
  signal_refused: [422, 'The signal cannot be traded.', 'Correct what `detail` names.'],
  sign_in_limited: [
    429,
    'Too many failed sign-ins from this address.',
    'Wait as long as the `retry-after` header says, and use a key the API knows.',
  ],
  too_many_listeners: [
    429,
    'Too many listen to events.',
    'Close other pages, and share one stream among them.',
  ],
  rate_limited: [429, 'Too many requests.', 'Wait as long as the `retry-after` header says.'],
  headers_too_large: [431, 'The headers are too large.', 'Send less than 16 KiB of headers.'],
  internal: [500, 'Something went wrong here.', 'Look for the request id in the log of the API.'],
  venue_not_configured: [422, 'The venue is not set up here.', 'Use a venue that is configured.'],
  venue_unreachable: [502, 'The venue does not answer as it should.', 'Try again; see `signalman doctor`.'],
  wallet_not_provisioned: [
    502,
    'The sandbox did not provide a wallet.',
    'Check that the sandbox runs, with `signalman doctor`.',
  ],
  database_unreachable: [503, 'The database does not answer.', 'Try again; see `signalman doctor`.'],
  temporal_unreachable: [503, 'Temporal does not answer.', 'Try again; see `signalman doctor`.'],
  not_ready: [503, 'A part of the system is not ready.', 'See `checks` for which, and why.'],
} as const satisfies Record<string, readonly [status: number, title: string, remedy: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field that is wrong: a JSON pointer into that part of the request. */
export interface FieldError {
  in: 'body' | 'query' | 'path';
  pointer: string;
  detail: string;
}

/** The body of an error answer, `application/problem+json`. */
export interface Problem {
  type: string;
  code: ProblemCode;
  title: string;
  status: number;
  detail: string;
  /** Id of the request that failed, which the log names too. */
  instance: string;
  errors?: FieldError[];
}

/** Thrown by routes to answer with a problem. `detail` is for a person and holds no secret. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: FieldError[] | undefined;
  /** How long the caller is to wait, in seconds; undefined where waiting does not help. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    options: { errors?: FieldError[]; cause?: unknown; retryAfterS?: number } = {},
  ) {
    const [, , remedy] = PROBLEMS[code];
    super(detail ?? remedy, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.errors = options.errors;
    this.retryAfterS = options.retryAfterS;
  }

  get statusCode(): number {
    return PROBLEMS[this.code][0];
  }
}

/** Returns the body of the answer to a {@link ProblemError}. */
export function toProblem(error: ProblemError, requestId: string): Problem {
  const [status, title] = PROBLEMS[error.code];
  return {
    type: `/problems/${error.code}`,
    code: error.code,
    title,
    status,
    detail: error.message,
    instance: `request/${requestId}`,
    ...(error.errors && { errors: error.errors }),
  };
}
