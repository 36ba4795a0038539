import { RequestRefused } from '../wire/refusals.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { approveAgent, approveBuilderFee, userSetAbstraction } from './approvals.ts';
import { authorise } from './authorise.ts';
import type { Authorised, SignedRequest } from './authorise.ts';
import { updateIsolatedMargin, updateLeverage } from './margin.ts';
import { cancel, cancelByCloid, scheduleCancel } from './cancel-orders.ts';
import { batchModify, modify } from './modify-orders.ts';
import { order } from './place-orders.ts';
import { createSubAccount, subAccountTransfer, usdClassTransfer, usdSend, withdraw } from './transfers.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';
import { requestCap } from '../accounts/request-budget.ts';

type Handler = (exchange: Exchange, authorised: Authorised) => object;

const acknowledge: Handler = () => ({ type: 'default' });

/** The handler of each action type. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  order,
  modify,
  batchModify,
  cancel,
  cancelByCloid,
  scheduleCancel,
  updateLeverage,
  updateIsolatedMargin,
  noop: acknowledge,
  setReferrer: acknowledge,
  reserveRequestWeight: acknowledge,
  approveAgent,
  approveBuilderFee,
  userSetAbstraction,
  usdSend,
  withdraw3: withdraw,
  usdClassTransfer,
  createSubAccount,
  subAccountTransfer,
};

/** The action types that the sandbox performs. Any other type is refused. */
export const ACTION_TYPES: readonly string[] = Object.keys(HANDLERS);

export type ExchangeAnswer = { status: 'ok'; response: object } | { status: 'err'; response: string };

export interface ExchangeResult {
  readonly answer: ExchangeAnswer;
  /** Address of the key that signed, null if it may act for no account. */
  readonly signer: string | null;
  readonly user: string | null;
}

/**
 * Performs one signed request, commits its changes and returns the answer; a refusal is an answer too. The commit comes
 * first, so that an answered change survives a crash. Throws UnreadableRequest for a field of the wrong type.
 */
export function performAction(exchange: Exchange, request: SignedRequest): ExchangeResult {
  let authorised: Authorised | undefined;
  try {
    const handler = handlerOf(request.type);
    authorised = authorise(exchange, request);
    exchange.signer = authorised.signer;
    countRequests(exchange, authorised);
    return result({ status: 'ok', response: handler(exchange, authorised) }, authorised);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return result({ status: 'err', response: error.message }, authorised);
  } finally {
    exchange.commit();
    exchange.signer = null;
  }
}

/** Throws RequestRefused for an unknown action, whose signature scheme is unknown too. */
function handlerOf(type: string): Handler {
  const handler = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  if (!handler) throw new RequestRefused(VENUE_TEXT.unsupportedAction(type));
  return handler;
}

/** Counts a request against its address. Throws RequestRefused once the budget is used up, if budgets are enforced. */
function countRequests(exchange: Exchange, { request, account }: Authorised): void {
  const cap = requestCap(account, request.type);
  const used = account.requests + requestCount(request.action);
  if (exchange.options.enforceLimits && used > cap)
    throw new RequestRefused(VENUE_TEXT.cumulativeRequests(used, cap, account.volume.toFixed(2)));
  account.requests = used;
  exchange.touch(account);
}

function result(answer: ExchangeAnswer, authorised: Authorised | undefined): ExchangeResult {
  return { answer, signer: authorised?.signer ?? null, user: authorised?.account.address ?? null };
}

/** Returns how many requests an action counts as: one per order, cancel or modify of a batch. */
export function requestCount(action: Record<string, unknown>): number {
  const batch = action['orders'] ?? action['cancels'] ?? action['modifies'];
  return Array.isArray(batch) ? Math.max(1, batch.length) : 1;
}
