import type { TradePrices } from '#api/schemas/position.ts';
import { Price } from '../../ui/amounts.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import '../../ui/as-table.css';

type Bar = TradePrices['bars'][number];

const COLUMNS: readonly Column<Bar>[] = [
  { name: 'From', cell: ({ at }) => <Moment at={at} /> },
  { name: 'Open', isNumber: true, cell: ({ open }) => <Price value={open} /> },
  { name: 'High', isNumber: true, cell: ({ high }) => <Price value={high} /> },
  { name: 'Low', isNumber: true, cell: ({ low }) => <Price value={low} /> },
  { name: 'Close', isNumber: true, cell: ({ close }) => <Price value={close} /> },
];

/** The prices of the chart for those who read rather than look. */
export const PriceTable = ({ prices: { bars } }: { prices: TradePrices }) => (
  <details className="as-table">
    <summary>As a table</summary>
    <Table
      caption="Prices"
      columns={COLUMNS}
      rows={bars.toReversed()}
      keyOf={({ at }) => String(at)}
      empty={null}
    />
  </details>
);
