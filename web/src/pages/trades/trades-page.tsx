import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Trade } from '#api/schemas/trade.ts';
import { tradesQuery } from '../../api/queries.ts';
import { span } from '../../format/time.ts';
import { venueTitle, worded } from '../../format/words.ts';
import { Pnl, Price, Size, Usd } from '../../ui/amounts.tsx';
import { SideBadge, StateBadge } from '../../ui/badge.tsx';
import { Choice } from '../../ui/field.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Pages } from '../../ui/more.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';

/** The phases that each choice shows. */
const PHASES = {
  all: undefined,
  live: 'routing,opening,open,closing,settling',
  closed: 'closed',
  skipped: 'skipped',
} as const;
type Shown = keyof typeof PHASES;

/** Every trade there was, newest first. */
export function TradesPage() {
  usePageTitle('Trades');
  const [shown, setShown] = useState<Shown>('closed');
  const query = useInfiniteQuery(tradesQuery({ phase: PHASES[shown] }));
  return (
    <>
      <PageHead
        title="Trades"
        about="What every signal came to, newest first. Profit is after fees and funding."
      >
        <Choice
          label="Which trades"
          value={shown}
          onChoose={setShown}
          options={[
            ['closed', 'Closed'],
            ['live', 'Live'],
            ['skipped', 'Not entered'],
            ['all', 'All'],
          ]}
        />
      </PageHead>
      <section className="panel">
        <Pages query={query}>
          {(items) => (
            <Table
              caption="Trades"
              columns={COLUMNS}
              rows={items}
              keyOf={({ id }) => id}
              empty={
                <Empty title="No such trades yet.">
                  Trades appear as signals are taken; see <Link to="/signals">Signals</Link> for what was not.
                </Empty>
              }
            />
          )}
        </Pages>
      </section>
    </>
  );
}

const COLUMNS: readonly Column<Trade>[] = [
  {
    name: 'Instrument',
    cell: (trade) => (
      <div className="row">
        <Link to="/trades/$id" params={{ id: trade.id }}>
          <strong>{trade.symbol}</strong>
        </Link>
        <SideBadge side={trade.side} />
      </div>
    ),
  },
  {
    name: 'Agent',
    isMinor: true,
    cell: (trade) => (
      <>
        {trade.agentName}
        <span className="under">{venueTitle(trade.venue)}</span>
      </>
    ),
  },
  { name: 'Size', isNumber: true, isMinor: true, cell: (trade) => <Size value={trade.entrySize} /> },
  { name: 'Entry', isNumber: true, cell: (trade) => <Price value={trade.entryPrice} /> },
  { name: 'Exit', isNumber: true, cell: (trade) => <Price value={trade.exitPrice} /> },
  {
    name: 'Ended by',
    cell: (trade) =>
      trade.refusal ? (
        <span title={trade.refusal.text}>{worded(trade.refusal.code)}</span>
      ) : trade.exitReason ? (
        worded(trade.exitReason)
      ) : (
        <StateBadge state={trade.phase} />
      ),
  },
  { name: 'Fees', isNumber: true, isMinor: true, cell: (trade) => <Usd value={trade.feesUsd} /> },
  {
    name: 'Net',
    about: 'USD after fees and funding',
    isNumber: true,
    cell: (trade) => <Pnl value={trade.netPnlUsd} />,
  },
  {
    name: 'Held',
    isNumber: true,
    isMinor: true,
    cell: ({ openedAt, closedAt }) =>
      openedAt !== null && closedAt !== null ? span(closedAt - openedAt) : '–',
  },
  { name: 'Begun', isNumber: true, cell: (trade) => <Moment at={trade.createdAt} /> },
];
