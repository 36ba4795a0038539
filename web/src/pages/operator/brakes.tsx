import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Brake } from '#api/schemas/brake.ts';
import { releaseBrake } from '../../api/commands.ts';
import { shortId, titled, venueTitle } from '../../format/words.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Ago, Moment } from '../../ui/moment.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';

const scopeOf = ({ scope, venue, agentName, deploymentId }: Brake): string => {
  if (scope === 'venue') return venueTitle(venue);
  if (scope === 'agent') return agentName ?? 'An agent';
  return scope === 'deployment' && deploymentId !== null
    ? `Deployment ${shortId(deploymentId)}`
    : 'Everything';
};

const COLUMNS: readonly Column<Brake>[] = [
  { name: 'Holds back', cell: (brake) => <strong>{scopeOf(brake)}</strong> },
  {
    name: 'Reason',
    cell: ({ reason, code }) => (
      <>
        {reason}
        <span className="under">{titled(code)}</span>
      </>
    ),
  },
  { name: 'Set by', isMinor: true, cell: ({ setBy }) => setBy },
  { name: 'Since', isNumber: true, cell: ({ setAt }) => <Ago at={setAt} /> },
  {
    name: 'Until',
    isNumber: true,
    cell: ({ until }) =>
      until === null ? <Badge tone="warn">a person ends it</Badge> : <Moment at={until} />,
  },
  { name: 'Release', isNameHidden: true, isNumber: true, cell: (brake) => <Release brake={brake} /> },
];

/** The brakes that hold entries back now. */
export const Brakes = ({ brakes }: { brakes: readonly Brake[] }) => (
  <Table
    caption="Brakes in force"
    columns={COLUMNS}
    rows={brakes}
    keyOf={({ id }) => id}
    empty={
      <Empty title="Entries pass everywhere.">
        Brakes that limits or people set appear here with their reason.
      </Empty>
    }
  />
);

function Release({ brake }: { brake: Brake }) {
  const client = useQueryClient();
  const release = useMutation({
    mutationFn: () => releaseBrake(brake.id),
    onSuccess: async () => {
      tell('The brake is released', `Entries pass again: ${scopeOf(brake)}.`);
      await client.invalidateQueries({ queryKey: ['brakes'] });
    },
    onError: (error) => tellFailure('The brake was not released', error),
  });
  return (
    <Button
      className="button small"
      busy={release.isPending}
      aria-label={`Release the brake on ${scopeOf(brake)}`}
      onClick={() => release.mutate()}
    >
      Release
    </Button>
  );
}
