import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HeldCall, Signal } from '#api/schemas/signal.ts';
import {
  agentsQuery,
  heldCallsQuery,
  signalsQuery,
  skipsQuery,
  type SkippedSignal,
} from '../../api/queries.ts';
import { confidence, price } from '../../format/money.ts';
import { titled, worded } from '../../format/words.ts';
import { Badge, SideBadge, StateBadge } from '../../ui/badge.tsx';
import { Choice } from '../../ui/field.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Pages } from '../../ui/more.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { SignalLink } from './signal-link.tsx';
import './signals-page.css';

type Shown = 'signals' | 'skipped' | 'held';

/** Everything that was received, and why what was not traded was not. */
export function SignalsPage() {
  usePageTitle('Signals');
  const [shown, setShown] = useState<Shown>('signals');
  return (
    <>
      <PageHead title="Signals" about="What was read from posts or made by hand, and what became of it.">
        <Choice
          label="Which signals"
          value={shown}
          onChoose={setShown}
          options={[
            ['signals', 'Signals'],
            ['skipped', 'Why not traded'],
            ['held', 'Waiting'],
          ]}
        />
      </PageHead>
      <section className="panel">
        {shown === 'signals' && <Signals />}
        {shown === 'skipped' && <Skipped />}
        {shown === 'held' && <Held />}
      </section>
    </>
  );
}

function Signals() {
  const query = useInfiniteQuery(signalsQuery());
  const agents = useQuery(agentsQuery());
  const names = new Map(agents.data?.items.map(({ id, name }) => [id, name]));
  return (
    <Pages query={query}>
      {(items) => (
        <Table
          caption="Signals"
          columns={columnsWith(names)}
          rows={items}
          keyOf={({ id }) => id}
          empty={
            <Empty title="No signal was received yet.">
              Add a source to an agent, or make a call by hand with{' '}
              <span className="mono">signalman signal</span>.
            </Empty>
          }
        />
      )}
    </Pages>
  );
}

const columnsWith = (names: ReadonlyMap<string, string>): readonly Column<Signal>[] => [
  {
    name: 'Call',
    cell: (signal) => (
      <div className="row">
        <SignalLink signal={signal} />
        <SideBadge side={signal.side} />
      </div>
    ),
  },
  { name: 'Words', cell: (signal) => <Words signal={signal} /> },
  { name: 'Agent', isMinor: true, cell: ({ agentId }) => names.get(agentId) ?? '–' },
  {
    name: 'Sure',
    about: 'Confidence of the reading',
    isNumber: true,
    isMinor: true,
    cell: (signal) => confidence(signal.confidence),
  },
  {
    name: 'Price',
    about: 'Reference price of the call',
    isNumber: true,
    isMinor: true,
    cell: ({ referencePrice }) => price(referencePrice),
  },
  { name: 'Outcome', cell: (signal) => <Outcome signal={signal} /> },
  { name: 'Received', isNumber: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
];

function Words({ signal: { message, origin } }: { signal: Signal }) {
  if (!message) return <span className="quiet">{titled(origin)}</span>;
  return (
    <>
      <span className="words">{message.text}</span>
      <span className="under">
        {message.author} · {message.source.kind}
      </span>
    </>
  );
}

function Outcome({ signal: { outcome, skips } }: { signal: Signal }) {
  const reason = skips[0];
  return (
    <>
      <StateBadge state={outcome} />
      {reason && outcome !== 'executed' && <span className="under reason">{reason.text}</span>}
      {skips.length > 1 && <span className="under">and {skips.length - 1} more reasons</span>}
    </>
  );
}

const SKIPS: readonly Column<SkippedSignal>[] = [
  { name: 'Reason', cell: ({ code }) => <Badge tone="warn">{titled(code)}</Badge> },
  { name: 'What happened', cell: ({ text }) => <span className="reason">{text}</span> },
  {
    name: 'Of',
    isMinor: true,
    cell: ({ signalId, deploymentId }) => (
      <span className="quiet">
        {signalId === null ? 'a post' : deploymentId === null ? 'a signal' : 'one deployment'}
      </span>
    ),
  },
  { name: 'When', isNumber: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
];

function Skipped() {
  const query = useInfiniteQuery(skipsQuery());
  return (
    <Pages query={query}>
      {(items) => (
        <Table
          caption="What was not traded"
          columns={SKIPS}
          rows={items}
          keyOf={({ id }) => id}
          empty={<Empty title="Nothing was left out.">Every refusal is listed here with its reason.</Empty>}
        />
      )}
    </Pages>
  );
}

const HELD: readonly Column<HeldCall>[] = [
  {
    name: 'Call',
    cell: ({ symbol, side }) => (
      <div className="row">
        <strong>{symbol}</strong>
        <SideBadge side={side} />
      </div>
    ),
  },
  {
    name: 'Waits for',
    cell: ({ until }) =>
      until.kind === 'flat'
        ? `${until.tradeIds.length} trades to be flat`
        : `a price ${worded(until.from === 'above' ? 'below' : 'above')} ${price(until.price)}`,
  },
  { name: 'Received', isNumber: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: 'Ends', isNumber: true, cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
];

function Held() {
  const query = useQuery(heldCallsQuery());
  return (
    <Read query={query}>
      {({ items }) => (
        <Table
          caption="Calls that wait"
          columns={HELD}
          rows={items}
          keyOf={({ id }) => id}
          empty={
            <Empty title="No call waits.">
              A call waits for a price, or for trades against it to be flat.
            </Empty>
          }
        />
      )}
    </Read>
  );
}
