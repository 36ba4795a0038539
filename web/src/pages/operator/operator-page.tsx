import { useQuery } from '@tanstack/react-query';
import { Figures, PageHead, Panel } from '../../ui/panel.tsx';
import { Read } from '../../ui/states.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import {
  brakesQuery,
  positionsQuery,
  readinessQuery,
  reconcileQuery,
  schedulesQuery,
  venuesQuery,
} from '../../api/queries.ts';
import { Brakes } from './brakes.tsx';
import { KillSwitch } from './kill-switch.tsx';
import { Accounts, Corrections, ReconcileNow } from './reconcile.tsx';
import { RecentChanges } from './recent-changes.tsx';
import { Parts } from './parts.tsx';
import { Schedules } from './schedules.tsx';
import { Venues } from './venues.tsx';
import { isNaked } from '../positions/is-naked.ts';

/** The state of the system for the one who runs it, worst things first. */
export function OperatorPage() {
  usePageTitle('Operator');
  const readiness = useQuery(readinessQuery());
  const venues = useQuery(venuesQuery());
  const schedules = useQuery(schedulesQuery());
  const reconcile = useQuery(reconcileQuery());
  const brakes = useQuery(brakesQuery());
  return (
    <>
      <PageHead title="Operator" about="Whether everything runs, and what stops it.">
        <KillSwitch brakes={brakes.data?.items ?? []} />
      </PageHead>
      <Alarms />
      <Panel title="Brakes in force" flush>
        <Read query={brakes}>{({ items }) => <Brakes brakes={items} />}</Read>
      </Panel>
      <div className="split">
        <Panel title="Parts" flush>
          <Read query={readiness}>{({ checks }) => <Parts checks={checks} />}</Read>
        </Panel>
        <Panel title="Venues and watchers" flush>
          <Read query={venues}>{({ items }) => <Venues venues={items} />}</Read>
        </Panel>
      </div>
      <Panel title="Schedules" flush>
        <Read query={schedules}>{({ items }) => <Schedules schedules={items} />}</Read>
      </Panel>
      <div className="split">
        <Panel title="Accounts against their venues" actions={<ReconcileNow />} flush>
          <Read query={reconcile}>{(report) => <Accounts report={report} />}</Read>
        </Panel>
        <Panel title="Corrections" flush>
          <Read query={reconcile}>{(report) => <Corrections report={report} />}</Read>
        </Panel>
      </div>
      <RecentChanges />
    </>
  );
}

/** A count of something wrong, and out of how many. */
const count = (number: number, about: string) =>
  [
    <span key="count" className={number > 0 ? 'loss' : ''}>
      {number}
    </span>,
    about,
  ] as const;

/** Counts of what is wrong; each is 0 on a good day. */
function Alarms() {
  const checks = useQuery(readinessQuery()).data?.checks ?? [];
  const venues = useQuery(venuesQuery()).data?.items ?? [];
  const positions = useQuery(positionsQuery()).data?.items ?? [];
  const schedules = useQuery(schedulesQuery()).data?.items ?? [];
  const accounts = useQuery(reconcileQuery()).data?.accounts ?? [];
  return (
    <Figures
      figures={[
        ['Parts down', ...count(checks.filter(({ ok }) => !ok).length, `of ${checks.length}`)],
        [
          'Watchers blind',
          ...count(
            venues.filter(
              ({ watch }) => watch !== null && watch.state !== 'watching' && (watch.trades ?? 0) > 0,
            ).length,
            'with open trades',
          ),
        ],
        ['Without a stop', ...count(positions.filter(isNaked).length, 'positions')],
        [
          'Schedules stopped',
          ...count(
            schedules.filter(({ paused, exists }) => paused || !exists).length,
            `of ${schedules.length}`,
          ),
        ],
        [
          'Accounts not read',
          ...count(accounts.filter(({ error }) => error !== null).length, `of ${accounts.length}`),
        ],
      ]}
    />
  );
}
