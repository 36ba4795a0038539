import type { ClientOrderId } from '#domain/ids.ts';
import type { OrderReport } from '#domain/order.ts';
import type { OrderDraft, OrderRecord } from '#prisma/repositories/order-record.ts';
import type { ReportedOrder } from '#prisma/repositories/order-reports.ts';

type Ordered = Pick<OrderDraft, 'clientOrderId' | 'size'>;

/** Returns each order with its report, in the given order. */
export const reported = (orders: readonly OrderDraft[], reports: readonly OrderReport[]): ReportedOrder[] =>
  orders.map((order, index) => ({ ...order, report: reports[index] ?? lost(order) }));

/** The code of an order that the venue does not know although it processed the action. */
export const NOT_ACCEPTED = 'not_accepted';

/** Returns the report of an order that the venue does not know although it processed the action. */
export const lost = (order: Ordered): OrderReport =>
  refusedReport(order, {
    code: NOT_ACCEPTED,
    text: 'The venue processed the action and knows no such order.',
  });

/** Returns the report of an order that was refused for the reason given. */
export const refusedReport = (
  order: Ordered,
  { code, text }: { code: string; text: string },
): OrderReport => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: null,
  status: 'rejected',
  size: order.size,
  filledSize: '0',
  averagePrice: null,
  code,
  text,
});

/** Returns the report of an order that was answered before, from its record. */
export const toReport = (order: OrderRecord): OrderReport => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: order.venueOrderId,
  status: order.status,
  size: order.size,
  filledSize: order.filledSize,
  averagePrice: null,
  code: order.code,
  text: order.text,
});

/** Returns the reports in the order of the drafts. */
export function inOrderOf(drafts: readonly OrderDraft[], reports: readonly OrderReport[]): OrderReport[] {
  const byId = new Map<ClientOrderId | null, OrderReport>(reports.map((each) => [each.clientOrderId, each]));
  return drafts.map((draft) => byId.get(draft.clientOrderId) ?? lost(draft));
}
