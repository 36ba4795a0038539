import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schedule } from '#api/schemas/schedule.ts';
import { changeSchedule } from '../../api/commands.ts';
import { span } from '../../format/time.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Ago, Moment } from '../../ui/moment.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';

const stateOf = ({ exists, paused, isRunning }: Schedule): string => {
  if (!exists) return 'missing';
  if (paused) return 'paused';
  return isRunning ? 'running' : 'waiting';
};

const COLUMNS: readonly Column<Schedule>[] = [
  {
    name: 'Schedule',
    cell: ({ name, summary }) => (
      <>
        {name}
        <span className="under">{summary}</span>
      </>
    ),
  },
  { name: 'State', cell: (schedule) => <StateBadge state={stateOf(schedule)} /> },
  { name: 'Every', isNumber: true, isMinor: true, cell: ({ everyMs }) => span(everyMs) },
  { name: 'Last success', isNumber: true, cell: ({ lastSuccessAt }) => <Ago at={lastSuccessAt} /> },
  { name: 'Next run', isNumber: true, isMinor: true, cell: ({ nextRunAt }) => <Moment at={nextRunAt} /> },
  {
    name: 'Missed',
    isNumber: true,
    isMinor: true,
    cell: ({ missedRuns, skippedOverlaps }) => missedRuns + skippedOverlaps,
  },
  { name: 'Acts', isNameHidden: true, isNumber: true, cell: (schedule) => <Acts schedule={schedule} /> },
];

/** What runs again and again. */
export const Schedules = ({ schedules }: { schedules: readonly Schedule[] }) => (
  <Table
    caption="Schedules"
    columns={COLUMNS}
    rows={schedules}
    keyOf={({ name }) => name}
    empty={<Empty title="There are no schedules.">The pipeline makes them at its start.</Empty>}
  />
);

function Acts({ schedule: { name, paused, exists } }: { schedule: Schedule }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (action: 'pause' | 'resume' | 'trigger') => changeSchedule(name, action),
    onSuccess: async (_, action) => {
      tell(`${name}: ${DONE[action]}`);
      await client.invalidateQueries({ queryKey: ['system'] });
    },
    onError: (error) => tellFailure(`${name} was not changed`, error),
  });
  if (!exists) return null;
  return (
    <div className="row acts">
      <Button
        className="button small"
        busy={change.isPending}
        aria-label={`Run now: ${name}`}
        onClick={() => change.mutate('trigger')}
      >
        Run now
      </Button>
      <Button
        className="button small"
        busy={change.isPending}
        aria-label={`${paused ? 'Resume' : 'Pause'} ${name}`}
        onClick={() => change.mutate(paused ? 'resume' : 'pause')}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
    </div>
  );
}

const DONE = { pause: 'paused', resume: 'resumed', trigger: 'started' } as const;
