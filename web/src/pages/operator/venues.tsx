import type { Venue } from '#api/schemas/venue.ts';
import { span } from '../../format/time.ts';
import { venueTitle } from '../../format/words.ts';
import { Badge, StateBadge } from '../../ui/badge.tsx';
import { Ago } from '../../ui/moment.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';

const COLUMNS: readonly Column<Venue>[] = [
  {
    name: 'Venue',
    cell: ({ venue, configured, detail }) => (
      <>
        {venueTitle(venue)}
        {!configured && <span className="under">not set up</span>}
        {detail && <span className="under">{detail}</span>}
      </>
    ),
  },
  {
    name: 'Health',
    cell: ({ health }) => (health === null ? <Badge>Not checked</Badge> : <StateBadge state={health} />),
  },
  {
    name: 'Answers in',
    isNumber: true,
    isMinor: true,
    cell: ({ latencyMs }) => (latencyMs === null ? '–' : span(latencyMs)),
  },
  {
    name: 'Watcher',
    cell: ({ watch }) =>
      watch === null ? (
        <span className="quiet">–</span>
      ) : (
        <>
          <StateBadge state={watch.state} />
          <span className="under">{watch.trades ?? 0} trades</span>
        </>
      ),
  },
  { name: 'Last price', isNumber: true, cell: ({ watch }) => <Ago at={watch?.lastPriceAt ?? null} /> },
];

/** Each venue with the watcher of its prices. */
export const Venues = ({ venues }: { venues: readonly Venue[] }) => (
  <Table
    caption="Venues"
    columns={COLUMNS}
    rows={venues}
    keyOf={({ venue }) => venue}
    empty={<Empty title="No venue is set up.">Run signalman setup, or start with --sandbox.</Empty>}
  />
);
