import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Bill } from '#api/schemas/bill.ts';
import { addressOf } from '../../api/client.ts';
import { billsQuery, deploymentsQuery, statementQuery } from '../../api/queries.ts';
import { titled, worded } from '../../format/words.ts';
import { Usd } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Pages } from '../../ui/more.tsx';
import { Figures, PageHead, Panel } from '../../ui/panel.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import './bills-page.css';

/** What was billed, and the statement of each deployment by month. */
export function BillsPage() {
  usePageTitle('Bills');
  const query = useInfiniteQuery(billsQuery());
  return (
    <>
      <PageHead
        title="Bills"
        about="A fee for each closed trade, a share of profit, and a subscription after the trial."
      />
      <StatementPanel />
      <Panel title="Every bill" flush>
        <Pages query={query}>
          {(items) => (
            <Table
              caption="Bills"
              columns={COLUMNS}
              rows={items}
              keyOf={({ id }) => id}
              empty={
                <Empty title="Nothing was billed yet.">
                  The first bill comes with the first closed trade.
                </Empty>
              }
            />
          )}
        </Pages>
      </Panel>
    </>
  );
}

const COLUMNS: readonly Column<Bill>[] = [
  {
    name: 'For',
    cell: ({ kind, rule }) => (
      <>
        {titled(kind)}
        {rule !== null && <span className="under">{worded(rule)}</span>}
      </>
    ),
  },
  {
    name: 'Of',
    cell: ({ tradeId, subject }) =>
      tradeId === null ? (
        <span className="quiet">{worded(subject)}</span>
      ) : (
        <Link to="/trades/$id" params={{ id: tradeId }}>
          trade {tradeId.slice(-6)}
        </Link>
      ),
  },
  { name: 'USD', isNumber: true, cell: ({ amountUsd }) => <Usd value={amountUsd} /> },
  { name: 'Billed', isNumber: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
];

const thisMonth = (): string => new Date().toISOString().slice(0, 7);

function StatementPanel() {
  const deployments = useQuery(deploymentsQuery());
  const [chosen, setChosen] = useState<string | null>(null);
  const [month, setMonth] = useState(thisMonth);
  const id = chosen ?? deployments.data?.items[0]?.id;
  if (deployments.data?.items.length === 0) return null;
  return (
    <Panel
      title="Statement"
      actions={
        <>
          <select
            aria-label="Deployment"
            className="select"
            value={id}
            onChange={({ target }) => setChosen(target.value)}
          >
            {deployments.data?.items.map((deployment) => (
              <option key={deployment.id} value={deployment.id}>
                {deployment.agentName} · {deployment.id.slice(-6)}
              </option>
            ))}
          </select>
          <input
            type="month"
            aria-label="Month"
            className="select"
            value={month}
            max={thisMonth()}
            onChange={({ target }) => void (target.value && setMonth(target.value))}
          />
        </>
      }
    >
      {id !== undefined && <StatementView id={id} month={month} />}
    </Panel>
  );
}

function StatementView({ id, month }: { id: string; month: string }) {
  const query = useQuery(statementQuery(id, month));
  const linkTo = (format: string) => addressOf(`/deployments/${id}/statements/${month}`, { format });
  return (
    <Read query={query} lines={2}>
      {({ totalUsd, bills, unbilled, wallet }) => (
        <div className="stack">
          <Figures
            figures={[
              ['Total', <Usd key="total" value={totalUsd} />, `USD for ${month}`],
              ['Bills', bills.length, `wallet ${wallet.slice(0, 6)}…${wallet.slice(-4)}`],
              [
                'Not billed',
                unbilled.length,
                unbilled.length === 0
                  ? 'every trade is billed'
                  : [...new Set(unbilled.map(({ why }) => worded(why)))].join(', '),
              ],
            ]}
          />
          <p className="row">
            <Badge>Take it along</Badge>
            <a href={linkTo('html')}>to print</a>
            <a href={linkTo('csv')} download>
              CSV
            </a>
            <a href={linkTo('json')}>JSON</a>
          </p>
        </div>
      )}
    </Read>
  );
}
