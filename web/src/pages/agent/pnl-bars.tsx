import { useQuery } from '@tanstack/react-query';
import type { PnlGroup } from '#api/schemas/performance.ts';
import { pnlQuery } from '../../api/queries.ts';
import { signedUsd, signOf } from '../../format/money.ts';
import { Pnl, Usd } from '../../ui/amounts.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import '../../ui/as-table.css';
import './pnl-bars.css';

/** Most days that are drawn. */
const MAX_DAYS = 90;

/** Net profit of an agent day by day, as bars and as a table. */
export function PnlBars({ agentId }: { agentId: string }) {
  const query = useQuery(pnlQuery({ by: 'day', agentId }));
  return (
    <Read query={query} lines={3}>
      {({ groups }) => {
        const days = groups.toSorted((one, other) => one.key.localeCompare(other.key)).slice(-MAX_DAYS);
        return days.length === 0 ? (
          <Empty title="No trade has ended yet." />
        ) : (
          <>
            <Bars days={days} />
            <details className="as-table">
              <summary>As a table</summary>
              <Table
                caption="Net profit by day"
                columns={COLUMNS}
                rows={days.toReversed()}
                keyOf={({ key }) => key}
                empty={null}
              />
            </details>
          </>
        );
      }}
    </Read>
  );
}

function Bars({ days }: { days: readonly PnlGroup[] }) {
  const most = Math.max(...days.map(({ netUsd }) => Math.abs(Number(netUsd))), 1e-9);
  return (
    <div className="pnl-bars" aria-hidden="true">
      {days.map(({ key, netUsd }) => (
        <span key={key} className="pnl-day" title={`${key}: ${signedUsd(netUsd)} USD`}>
          <span
            className={signOf(netUsd) < 0 ? 'down' : 'up'}
            style={{ height: `${Math.max(2, (Math.abs(Number(netUsd)) / most) * 50)}%` }}
          />
        </span>
      ))}
    </div>
  );
}

const COLUMNS: readonly Column<PnlGroup>[] = [
  { name: 'Day', cell: ({ key }) => key },
  { name: 'Trades', isNumber: true, cell: ({ trades }) => trades },
  { name: 'Gross', isNumber: true, isMinor: true, cell: ({ grossUsd }) => <Pnl value={grossUsd} /> },
  { name: 'Fees', isNumber: true, isMinor: true, cell: ({ feesUsd }) => <Usd value={feesUsd} /> },
  { name: 'Net', isNumber: true, cell: ({ netUsd }) => <Pnl value={netUsd} /> },
];
