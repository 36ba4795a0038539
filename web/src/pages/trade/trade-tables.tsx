import type { AuditEntry } from '#api/schemas/audit.ts';
import type { TradeDetails } from '#api/schemas/trade.ts';
import { worded } from '../../format/words.ts';
import { Pnl, Price, Size, Usd } from '../../ui/amounts.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Order = TradeDetails['orders'][number];
type Fill = TradeDetails['fills'][number];
type TradeBill = TradeDetails['bills'][number];

const ORDERS: readonly Column<Order>[] = [
  {
    name: 'Leg',
    cell: ({ leg, legNumber, revision }) => (
      <>
        {worded(leg)}
        {legNumber > 0 && ` ${legNumber}`}
        {revision > 0 && <span className="quiet small"> rev. {revision}</span>}
      </>
    ),
  },
  { name: 'Side', cell: ({ side }) => worded(side) },
  { name: 'Kind', isMinor: true, cell: ({ kind }) => worded(kind) },
  { name: 'Trigger', isNumber: true, cell: ({ triggerPrice }) => <Price value={triggerPrice} /> },
  { name: 'Limit', isNumber: true, isMinor: true, cell: ({ price }) => <Price value={price} /> },
  {
    name: 'Filled',
    isNumber: true,
    cell: ({ filledSize, size }) => (
      <>
        <Size value={filledSize} />
        <span className="under">
          of <Size value={size} />
        </span>
      </>
    ),
  },
  {
    name: 'Status',
    cell: ({ status, code, text }) => (
      <>
        <StateBadge state={status} />
        {code && (
          <span className="under" title={text ?? undefined}>
            {worded(code)}
          </span>
        )}
      </>
    ),
  },
  { name: 'Sent', isNumber: true, cell: ({ sentAt }) => <Moment at={sentAt} /> },
];

/** Every order of a trade. */
export const OrderTable = ({ orders }: { orders: readonly Order[] }) => (
  <Table
    caption="Orders"
    columns={ORDERS}
    rows={orders}
    keyOf={({ clientOrderId, leg, legNumber, revision }) =>
      `${clientOrderId}/${leg}/${legNumber}/${revision}`
    }
    empty={<Empty title="No order was sent." />}
  />
);

const FILLS: readonly Column<Fill>[] = [
  {
    name: 'Side',
    cell: ({ side, liquidation }) => (liquidation ? 'liquidated' : side === 'buy' ? 'bought' : 'sold'),
  },
  { name: 'Size', isNumber: true, cell: ({ size }) => <Size value={size} /> },
  { name: 'Price', isNumber: true, cell: ({ price }) => <Price value={price} /> },
  { name: 'Fee', isNumber: true, cell: ({ feeUsd }) => <Usd value={feeUsd} /> },
  { name: 'Venue’s profit', isNumber: true, cell: ({ closedPnlUsd }) => <Pnl value={closedPnlUsd} /> },
  { name: 'Time', isNumber: true, cell: ({ at }) => <Moment at={at} /> },
];

/** What the venue executed. */
export const FillTable = ({ fills }: { fills: readonly Fill[] }) => (
  <Table
    caption="Fills"
    columns={FILLS}
    rows={fills}
    keyOf={({ venueFillId, at }) => `${venueFillId}/${at}`}
    empty={<Empty title="Nothing was filled." />}
  />
);

const BILLS: readonly Column<TradeBill>[] = [
  { name: 'For', cell: ({ kind }) => worded(kind) },
  { name: 'Amount', isNumber: true, cell: ({ amountUsd }) => <Usd value={amountUsd} /> },
  { name: 'Billed', isNumber: true, cell: ({ at }) => <Moment at={at} /> },
];

/** What was billed for a trade. */
export const BillTable = ({ bills }: { bills: readonly TradeBill[] }) => (
  <Table
    caption="Bills"
    columns={BILLS}
    rows={bills}
    keyOf={({ kind, at }) => `${kind}/${at}`}
    empty={<Empty title="Nothing is billed yet." />}
  />
);

const AUDIT: readonly Column<AuditEntry>[] = [
  {
    name: 'Did',
    cell: ({ action, actor }) => (
      <>
        {worded(action.replace('.', ' '))}
        <span className="under">{actor}</span>
      </>
    ),
  },
  {
    name: 'Change',
    isMinor: true,
    cell: ({ before, after }) => <Change before={before} after={after} />,
  },
  { name: 'When', isNumber: true, cell: ({ at }) => <Moment at={at} /> },
];

/** A change of a record, in a line; all of it on hover. */
export function Change({ before, after }: { before?: unknown; after?: unknown }) {
  const text = [before, after]
    .filter((state) => state !== null && state !== undefined)
    .map((state) => JSON.stringify(state).replaceAll('"', ''))
    .join(' → ');
  return (
    <span className="mono small one-line" title={text}>
      {text}
    </span>
  );
}

/** What people did to a trade. */
export const AuditTable = ({ entries }: { entries: readonly AuditEntry[] }) => (
  <Table
    caption="Audit log"
    columns={AUDIT}
    rows={entries}
    keyOf={({ id }) => id}
    empty={<Empty title="No person has changed it." />}
  />
);
