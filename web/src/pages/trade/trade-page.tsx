import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TradeDetails } from '#api/schemas/trade.ts';
import {
  explanationQuery,
  positionsQuery,
  tradeAuditQuery,
  tradePricesQuery,
  tradeQuery,
} from '../../api/queries.ts';
import { span } from '../../format/time.ts';
import { shortId, titled, venueTitle, worded } from '../../format/words.ts';
import { Pnl, Price, Size, Usd } from '../../ui/amounts.tsx';
import { SideBadge, StateBadge } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Facts, Figures, PageHead, Panel } from '../../ui/panel.tsx';
import { ShortId } from '../../ui/short-id.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import './trade-page.css';
import { AdjustTrade } from './adjust-trade.tsx';
import { CloseTrade } from './close-trade.tsx';
import { PauseTrade } from './pause-trade.tsx';
import { Timeline } from './timeline.tsx';
import { PriceTable } from './price-table.tsx';
import { TradeChart } from './trade-chart.tsx';
import { AuditTable, BillTable, FillTable, OrderTable } from './trade-tables.tsx';

const route = getRouteApi('/trades/$id');

/** One trade with everything that happened to it. */
export function TradePage() {
  const { id } = route.useParams();
  const query = useQuery(tradeQuery(id));
  usePageTitle(query.data ? `${query.data.symbol} ${query.data.side}` : 'Trade');
  return <Read query={query}>{(trade) => <TradeView trade={trade} />}</Read>;
}

function TradeView({ trade }: { trade: TradeDetails }) {
  const explanation = useQuery(explanationQuery(trade.id));
  const audit = useQuery(tradeAuditQuery(trade.id));
  return (
    <>
      <TradeHead trade={trade} />
      <Sums trade={trade} />
      <div className="trade-grid">
        <div className="stack">
          <Prices trade={trade} />
          <Panel title="Orders" flush>
            <OrderTable orders={trade.orders} />
          </Panel>
          <Panel title="Fills" flush>
            <FillTable fills={trade.fills} />
          </Panel>
          <div className="split">
            <Panel title="Bill" flush>
              <BillTable bills={trade.bills} />
            </Panel>
            <Panel title="Audit log" flush>
              <Read query={audit}>{({ items }) => <AuditTable entries={items} />}</Read>
            </Panel>
          </div>
        </div>
        <div className="stack">
          <Panel title="From the post to the bill">
            <Timeline trade={trade} explanation={explanation.data} />
          </Panel>
          <Panel title="Details">
            <Details trade={trade} />
          </Panel>
        </div>
      </div>
    </>
  );
}

function TradeHead({ trade }: { trade: TradeDetails }) {
  const positions = useQuery(positionsQuery());
  const position = positions.data?.items.find(({ id }) => id === trade.id);
  return (
    <PageHead
      title={
        <span className="row">
          {trade.symbol} <SideBadge side={trade.side} /> <StateBadge state={trade.phase} />
          {trade.paused && <StateBadge state="paused" />}
        </span>
      }
      about={
        <>
          {trade.agentName} on {venueTitle(trade.venue)}, begun <Moment at={trade.createdAt} />
        </>
      }
    >
      {position && (
        <>
          <PauseTrade trade={position} />
          <AdjustTrade trade={position} />
          <CloseTrade trade={position} />
        </>
      )}
    </PageHead>
  );
}

function Sums({ trade }: { trade: TradeDetails }) {
  const positions = useQuery(positionsQuery());
  const position = positions.data?.items.find(({ id }) => id === trade.id);
  const end = trade.refusal ? worded(trade.refusal.code) : trade.exitReason ? worded(trade.exitReason) : null;
  return (
    <Figures
      figures={[
        position
          ? ['Unrealized', <Pnl key="pnl" value={position.unrealizedUsd} />, 'USD before fees and funding']
          : ['Net profit', <Pnl key="pnl" value={trade.netPnlUsd} />, 'USD after fees and funding'],
        [
          'Entry',
          <Price key="entry" value={trade.entryPrice} />,
          <Size key="size" value={trade.entrySize} />,
        ],
        position
          ? ['Mark', <Price key="mark" value={position.markPrice} />, 'newest price seen']
          : ['Exit', <Price key="exit" value={trade.exitPrice} />, end ?? ''],
        [
          'Stop',
          <Price key="stop" value={trade.stopPrice} />,
          trade.stopKind ? worded(trade.stopKind) : 'none',
        ],
        ['Fees', <Usd key="fees" value={trade.feesUsd} />, 'USD'],
        ['Without a stop', span(trade.unprotectedMs), 'since the entry filled'],
      ]}
    />
  );
}

function Prices({ trade }: { trade: TradeDetails }) {
  const prices = useQuery({
    ...tradePricesQuery(trade.id),
    refetchInterval: trade.closedAt === null ? 5_000 : false,
  });
  const from = prices.data?.source;
  return (
    <Panel
      title="Price"
      actions={
        from && (
          <span className="quiet small">
            {from === 'venue' ? 'candles of the venue' : 'as the watcher saw it'}
          </span>
        )
      }
    >
      <Read query={prices} lines={8}>
        {(found) =>
          found.bars.length === 0 ? (
            <Empty title="No prices are known for that time.">
              Levels and fills are in the tables below.
            </Empty>
          ) : (
            <>
              <TradeChart trade={trade} prices={found} />
              <PriceTable prices={found} />
            </>
          )
        }
      </Read>
    </Panel>
  );
}

const Details = ({ trade }: { trade: TradeDetails }) => (
  <Facts
    facts={[
      ['Trade', <ShortId key="id" id={trade.id} what="the id of the trade" />],
      ['Workflow', <ShortId key="workflow" id={trade.workflowId} what="the id of the workflow" />],
      ['Account', <ShortId key="account" id={trade.accountId} what="the address of the account" />],
      ['Leverage', trade.leverage === null ? '–' : `${trade.leverage}x`],
      ['Liquidation', <Price key="liquidation" value={trade.position?.liquidationPrice ?? null} />],
      ['Watch', trade.watch ? `${titled(trade.watch.status)}, by ${trade.watch.priceKind} price` : '–'],
      ['Time limit', <Moment key="limit" at={trade.watch?.timeLimitAt ?? null} />],
      ['Funding', <Pnl key="funding" value={trade.fundingUsd} />],
      ['Gross profit', <Pnl key="gross" value={trade.grossPnlUsd} />],
      [
        'Signal',
        <Link key="signal" to="/signals">
          {shortId(trade.signalId)}
        </Link>,
      ],
    ]}
  />
);
