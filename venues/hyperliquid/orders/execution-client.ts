import {
  batchModify,
  cancelByCloid,
  noop,
  order as placeOrders,
  updateLeverage,
} from '@nktkas/hyperliquid/api/exchange';
import { isLegalPrice, isLegalSize } from '#domain/instrument.ts';
import type { OrderReport } from '#domain/order.ts';
import type { ExecutionClient, FenceResult, OrderRequest, Outcome } from '../../venue.ts';
import { isClientOrderId } from './client-order-id.ts';
import type { HyperliquidClient } from '../http/client.ts';
import type { MarginSettings } from '../accounts/margin-settings.ts';
import type { BuilderFee } from '../http/options.ts';
import type { Priority } from '../http/rate-limiter.ts';
import { codeOfRefusal } from '../http/refusals.ts';
import { cancelAnswers, doneAnswer, orderAnswers, type WireOrderAnswer } from '../http/schemas.ts';
import { reportOfAnswer, toWire } from './wire.ts';

/** An action weighs 1 and 1 more per 40 entries. Source: official documentation, "rate limits". */
const weightOf = (entries: number): number => 1 + Math.floor(entries / 40);

/** The sending side; one signed action per call, never repeated by itself. */
export function createExecutionClient(
  client: HyperliquidClient,
  margins: Pick<MarginSettings, 'note' | 'forget'>,
  builder?: BuilderFee,
): ExecutionClient {
  const paid = builder && { builder: { b: builder.address.toLowerCase(), f: builder.tenthsOfBps } };
  return {
    async place({ accountId, signer }, orders, grouping, { nonce, notAfter, isWanted }) {
      const refusal = refusalOf(orders);
      if (refusal !== null) return refusal;
      const answered = await client.exchange({
        signer,
        nonce,
        notAfter,
        isWanted,
        weight: weightOf(orders.length),
        priority: priorityOf(orders),
        schema: orderAnswers,
        send: (config) =>
          placeOrders(config, {
            orders: orders.map(toWire),
            grouping: grouping === 'attached' ? 'normalTpsl' : 'na',
            ...paid,
          }),
      });
      const placed = andThen(answered, (answer) => reportsOf(orders, answer.response.data.statuses));
      const [first] = orders;
      // A refused entry may be one that does not fit what is believed of the account.
      if (first && !first.reduceOnly && isRefused(placed)) margins.forget(accountId, first.instrument.symbol);
      return placed;
    },

    async modify({ signer }, target, order, { nonce, notAfter, isWanted }) {
      const refusal = refusalOf([order]);
      if (refusal !== null) return refusal;
      const answered = await client.exchange({
        signer,
        nonce,
        notAfter,
        isWanted,
        weight: weightOf(1),
        priority: priorityOf([order]),
        schema: orderAnswers,
        send: (config) => batchModify(config, modification(target, order)),
      });
      return andThen(answered, (answer) => onlyReport(reportsOf([order], answer.response.data.statuses)));
    },

    async cancel({ signer }, instrument, clientOrderIds, { nonce, notAfter, isWanted }) {
      if (clientOrderIds.length === 0) return { kind: 'confirmed', value: null };
      const answered = await client.exchange({
        signer,
        nonce,
        notAfter,
        isWanted,
        weight: weightOf(clientOrderIds.length),
        priority: 'exit',
        schema: cancelAnswers,
        send: (config) =>
          cancelByCloid(config, {
            cancels: clientOrderIds.map((cloid) => ({ asset: instrument.venueAssetId, cloid })),
          }),
      });
      return andThen(answered, (answer) => cancelled(answer.response.data.statuses));
    },

    async setLeverage({ accountId, signer }, instrument, leverage, { nonce, notAfter, isWanted }) {
      if (!Number.isInteger(leverage) || leverage < 1 || leverage > instrument.maxLeverage) {
        const text = `leverage ${leverage} is not a whole number from 1 to ${instrument.maxLeverage}`;
        return denied('leverage_out_of_range', text);
      }
      const asset = instrument.venueAssetId;
      const isCross = !instrument.onlyIsolated;
      const answered = await client.exchange({
        signer,
        nonce,
        notAfter,
        isWanted,
        weight: weightOf(1),
        priority: 'entry',
        schema: doneAnswer,
        send: (config) => updateLeverage(config, { asset, isCross, leverage }),
      });
      if (answered.kind === 'confirmed') margins.note(accountId, instrument.symbol, { isCross, leverage });
      else margins.forget(accountId, instrument.symbol);
      return andThen(answered, () => ({ kind: 'confirmed', value: null }));
    },

    async fence({ signer }, nonce) {
      const answered = await client.exchange({
        signer,
        nonce,
        weight: weightOf(1),
        priority: 'exit',
        schema: doneAnswer,
        send: (config) => noop(config, { nonce }),
      });
      return fenced(answered);
    },
  };
}

/**
 * A nonce can be used once. If the noop takes it, the lost command never will; if it is taken already, the command
 * arrived. Too low means the window has moved past it: it can no longer happen, but it may have, so it is to be
 * looked up like one that landed.
 */
function fenced(answered: Outcome<unknown>): Outcome<FenceResult> {
  if (answered.kind === 'confirmed') return { kind: 'confirmed', value: 'fenced' };
  if (answered.kind !== 'rejected') return answered;
  const used = answered.code === 'nonce_duplicate' || answered.code === 'nonce_too_low';
  return used ? { kind: 'confirmed', value: 'landed' } : answered;
}

const isRefused = (placed: Outcome<OrderReport[]>): boolean =>
  placed.kind === 'rejected' || (placed.kind === 'confirmed' && placed.value[0]?.status === 'rejected');

/** Closing and protecting orders are reduce-only. */
const priorityOf = (orders: readonly OrderRequest[]): Priority =>
  orders.every((order) => order.reduceOnly) ? 'exit' : 'entry';

/**
 * By default the venue modifies only into plain resting orders; `a` lets a trigger order be replaced. It also places
 * the new one when the old is gone, which for a reduce-only order can at worst leave one more exit behind.
 * Source: official documentation, "modify multiple orders".
 */
function modification(target: string, order: OrderRequest): Parameters<typeof batchModify>[1] {
  const oid = isClientOrderId(target) ? target : Number(target);
  const modifies = [{ oid, order: toWire(order) }];
  return order.kind === 'ioc' ? { modifies } : { modifies, a: true };
}

function refusalOf(orders: readonly OrderRequest[]): Extract<Outcome<never>, { kind: 'denied' }> | null {
  if (orders.length === 0) return denied('request_malformed', 'an action needs at least one order');
  for (const { instrument, kind, size, price, triggerPrice } of orders) {
    if (!isLegalSize(instrument, size)) {
      return denied('size_illegal', `${size} ${instrument.symbol} is not a whole number of lots`);
    }
    const prices = kind === 'ioc' || kind === 'post_only' ? [price] : [price, triggerPrice];
    const illegal = prices.find((each) => each === null || !isLegalPrice(instrument, each));
    if (illegal !== undefined) {
      return denied('price_illegal', `${illegal ?? 'no price'} is not a legal ${instrument.symbol} price`);
    }
  }
  return null;
}

/** One error for a whole batch means that the venue refused it before looking at single orders. */
function reportsOf(
  orders: readonly OrderRequest[],
  answers: readonly WireOrderAnswer[],
): Outcome<OrderReport[]> {
  const [first] = answers;
  if (answers.length === 1 && orders.length > 1 && typeof first === 'object' && 'error' in first) {
    return { kind: 'rejected', code: codeOfRefusal(first.error), text: first.error };
  }
  if (answers.length !== orders.length) {
    return { kind: 'unresolved', text: `${answers.length} answers came for ${orders.length} orders` };
  }
  const reports = orders.flatMap((order, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [reportOfAnswer(order, answer)];
  });
  return { kind: 'confirmed', value: reports };
}

/** A refused modification changed nothing: the order is as it was, so the refusal is the outcome. */
function onlyReport(reported: Outcome<OrderReport[]>): Outcome<OrderReport> {
  if (reported.kind !== 'confirmed') return reported;
  const [report] = reported.value;
  if (report === undefined) return { kind: 'unresolved', text: 'the answer names no order' };
  if (report.status !== 'rejected') return { kind: 'confirmed', value: report };
  return { kind: 'rejected', code: report.code ?? 'venue_rejected', text: report.text ?? '' };
}

/** An order that is over counts as cancelled; any other error is a refusal of the cancel. */
function cancelled(answers: readonly ('success' | { error: string })[]): Outcome<null> {
  for (const answer of answers) {
    if (answer === 'success') continue;
    const code = codeOfRefusal(answer.error);
    if (code !== 'order_over') return { kind: 'rejected', code, text: answer.error };
  }
  return { kind: 'confirmed', value: null };
}

function andThen<Value, Next>(outcome: Outcome<Value>, next: (value: Value) => Outcome<Next>): Outcome<Next> {
  return outcome.kind === 'confirmed' ? next(outcome.value) : outcome;
}

const denied = (code: string, text: string): Extract<Outcome<never>, { kind: 'denied' }> => ({
  kind: 'denied',
  code,
  text,
});
