import type { Check } from '#api/schemas/health.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';

const COLUMNS: readonly Column<Check>[] = [
  { name: 'Part', cell: ({ part }) => part },
  { name: 'State', cell: ({ ok }) => <StateBadge state={ok ? 'ok' : 'down'} /> },
  { name: 'Reason', cell: ({ reason }) => <span className="quiet">{reason ?? ''}</span> },
];

/** The parts that the API depends on. */
export const Parts = ({ checks }: { checks: readonly Check[] }) => (
  <Table
    caption="Parts"
    columns={COLUMNS}
    rows={checks}
    keyOf={({ part }) => part}
    empty={<Empty title="No part is known." />}
  />
);
