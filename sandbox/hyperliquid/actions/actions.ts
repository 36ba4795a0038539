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

/** What the sandbox does for each action type; anything else is refused by name. */
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

/** The action types that are performed; any other is refused by its name. */
export const ACTION_TYPES: readonly string[] = Object.keys(HANDLERS);

export type ExchangeAnswer = { status: 'ok'; response: object } | { status: 'err'; response: string };

export interface ExchangeResult {
  readonly answer: ExchangeAnswer;
  /** Whose key signed and for which account; null when nobody known did. */
  readonly signer: string | null;
  readonly user: string | null;
}

/**
 * Performs one signed request and commits what it changed, so that the answer can be trusted to survive a crash.
 * Refusals are answers; throws UnreadableRequest only for a body that is no valid request at all.
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

/** How an unknown action is signed is not known either, so it is refused before its signature is looked at. */
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

/** A batch of n counts n against the address's budget. */
export function requestCount(action: Record<string, unknown>): number {
  const batch = action['orders'] ?? action['cancels'] ?? action['modifies'];
  return Array.isArray(batch) ? Math.max(1, batch.length) : 1;
}
