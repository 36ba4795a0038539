import {
  batchModify,
  cancel,
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

/** Creates the client that sends orders: each call is one signed action, which is never repeated. */
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
      // The remembered setting may be wrong where the venue refuses an entry.
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

    async cancelResting({ signer }, orders, { nonce, notAfter, isWanted }) {
      if (orders.length === 0) return { kind: 'confirmed', value: null };
      const answered = await client.exchange({
        signer,
        nonce,
        notAfter,
        isWanted,
        weight: weightOf(orders.length),
        priority: 'exit',
        schema: cancelAnswers,
        send: (config) =>
          cancel(config, {
            cancels: orders.map(({ instrument, venueOrderId }) => ({
              a: instrument.venueAssetId,
              o: Number(venueOrderId),
            })),
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
 * Returns what the answer to a noop says of a lost command of its nonce. A nonce is used once: if the noop took it, the
 * command never happens. If it was used before, the command arrived. If it is too low, the command cannot happen any more
 * but may have, so it is looked up like one that arrived.
 */
function fenced(answered: Outcome<unknown>): Outcome<FenceResult> {
  if (answered.kind === 'confirmed') return { kind: 'confirmed', value: 'fenced' };
  if (answered.kind !== 'rejected') return answered;
  const used = answered.code === 'nonce_duplicate' || answered.code === 'nonce_too_low';
  return used ? { kind: 'confirmed', value: 'landed' } : answered;
}

const isRefused = (placed: Outcome<OrderReport[]>): boolean =>
  placed.kind === 'rejected' || (placed.kind === 'confirmed' && placed.value[0]?.status === 'rejected');

/** Returns the priority of orders: those that close or protect are reduce-only. */
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

/** Returns the reports of the orders. One error for several orders is a refusal of the whole action. */
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

/** Returns the only report. A refused modification is a refusal: the order rests as it did. */
function onlyReport(reported: Outcome<OrderReport[]>): Outcome<OrderReport> {
  if (reported.kind !== 'confirmed') return reported;
  const [report] = reported.value;
  if (report === undefined) return { kind: 'unresolved', text: 'the answer names no order' };
  if (report.status !== 'rejected') return { kind: 'confirmed', value: report };
  return { kind: 'rejected', code: report.code ?? 'venue_rejected', text: report.text ?? '' };
}

/** Returns the outcome of a cancel. An order that is over counts as cancelled. */
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
