import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Position, PositionList } from '#api/schemas/position.ts';
import { positionsQuery } from '../../api/queries.ts';
import { venueTitle } from '../../format/words.ts';
import { signOf, sumOf } from '../../format/money.ts';
import { Pnl, Price, Return, Size, Usd } from '../../ui/amounts.tsx';
import { SideBadge, StateBadge } from '../../ui/badge.tsx';
import { Since } from '../../ui/moment.tsx';
import { Figures, PageHead, Panel } from '../../ui/panel.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { CloseTrade } from '../trade/close-trade.tsx';
import { CloseAll } from './close-all.tsx';
import { LevelBar } from './level-bar.tsx';
import { isNaked } from './is-naked.ts';

/** What is open now, at the prices of now. */
export function PositionsPage() {
  usePageTitle('Positions');
  const query = useQuery(positionsQuery());
  return (
    <>
      <PageHead title="Positions" about="Trades that have not ended, at the prices the watcher sees.">
        {query.data && query.data.items.length > 0 && <CloseAll positions={query.data.items} />}
      </PageHead>
      <Read query={query}>{(list) => <Positions list={list} />}</Read>
    </>
  );
}

function Positions({ list: { items, more } }: { list: PositionList }) {
  return (
    <>
      <Summary items={items} />
      <Panel title={`${items.length} open`} flush>
        <Table
          caption="Positions"
          columns={COLUMNS}
          rows={items}
          keyOf={({ id }) => id}
          empty={
            <Empty title="Nothing is open.">
              A trade appears here as soon as a signal is taken. What was not traded, and why, is under{' '}
              <Link to="/signals">Signals</Link>.
            </Empty>
          }
        />
      </Panel>
      {more && <p className="quiet">Only the newest thousand are shown.</p>}
    </>
  );
}

function Summary({ items }: { items: readonly Position[] }) {
  const unrealized = sumOf(items.map(({ unrealizedUsd }) => unrealizedUsd));
  const atStops = sumOf(items.map(({ atStopUsd }) => atStopUsd));
  const naked = items.filter(isNaked).length;
  return (
    <Figures
      figures={[
        ['Unrealized', <Pnl key="pnl" value={unrealized} />, 'before fees and funding'],
        ['If every stop is hit', <Pnl key="stops" value={atStops} />, 'before fees and slippage'],
        ['Value', <Usd key="value" value={sumOf(items.map(({ valueUsd }) => valueUsd))} />, 'USD at mark'],
        ['Margin', <Usd key="margin" value={sumOf(items.map(({ marginUsd }) => marginUsd))} />, 'USD'],
        [
          'Without a stop',
          <span key="naked" className={naked > 0 ? 'loss' : ''}>
            {naked}
          </span>,
          naked > 0 ? 'look at once' : 'all protected',
        ],
      ]}
    />
  );
}

const COLUMNS: readonly Column<Position>[] = [
  {
    name: 'Instrument',
    cell: (item) => (
      <div className="row">
        <Link to="/trades/$id" params={{ id: item.id }}>
          <strong>{item.symbol}</strong>
        </Link>
        <SideBadge side={item.side} />
        {item.leverage !== null && <span className="quiet small">{item.leverage}x</span>}
        {item.phase !== 'open' && <StateBadge state={item.phase} />}
        {item.paused && <StateBadge state="paused" />}
      </div>
    ),
  },
  {
    name: 'Agent',
    isMinor: true,
    cell: (item) => (
      <>
        {item.agentName}
        <span className="under">{venueTitle(item.venue)}</span>
      </>
    ),
  },
  {
    name: 'Size',
    isNumber: true,
    cell: (item) => (
      <>
        <Size value={item.remainingSize} />
        <span className="under">
          <Usd value={item.valueUsd} /> USD
        </span>
      </>
    ),
  },
  { name: 'Entry', isNumber: true, cell: (item) => <Price value={item.entryPrice} /> },
  { name: 'Mark', isNumber: true, cell: (item) => <Price value={item.markPrice} /> },
  {
    name: 'PnL (ROE)',
    about: 'Unrealized profit, and in percent of the margin, leverage counted',
    isNumber: true,
    cell: (item) => (
      <>
        <Pnl value={item.unrealizedUsd} />
        <span className="under">
          <Return value={item.returnOnMarginPct} />
        </span>
      </>
    ),
  },
  {
    name: 'Stop',
    isNumber: true,
    cell: (item) => (
      <>
        {isNaked(item) ? <strong className="loss">none</strong> : <Price value={item.stopPrice} />}
        <span className="under">
          <AtStop item={item} />
        </span>
      </>
    ),
  },
  {
    name: 'Targets',
    isNumber: true,
    isMinor: true,
    cell: ({ targets }) =>
      targets.length === 0 ? (
        <span className="quiet">–</span>
      ) : (
        <>
          <Price value={targets[0]?.price ?? null} />
          {targets.length > 1 && <span className="under">and {targets.length - 1} more</span>}
        </>
      ),
  },
  { name: 'From stop to target', isMinor: true, cell: (item) => <LevelBar position={item} /> },
  {
    name: 'Liq.',
    about: 'Price at which the venue would liquidate the position',
    isNumber: true,
    isMinor: true,
    cell: (item) => <Price value={item.liquidationPrice} />,
  },
  {
    name: 'Open for',
    isNumber: true,
    isMinor: true,
    cell: ({ openedAt, createdAt }) => <Since at={openedAt ?? createdAt} />,
  },
  {
    name: 'Close',
    isNameHidden: true,
    isNumber: true,
    cell: (item) => <CloseTrade trade={item} isSmall />,
  },
];

const AtStop = ({ item: { atStopUsd } }: { item: Position }) =>
  atStopUsd === null ? (
    <>–</>
  ) : (
    <span title="Profit or loss at the stop, before fees" className={signOf(atStopUsd) > 0 ? 'gain' : ''}>
      <Pnl value={atStopUsd} />
    </span>
  );
