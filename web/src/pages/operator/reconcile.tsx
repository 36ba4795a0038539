import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccountCheck, Correction, ReconcileReport } from '#api/schemas/reconcile.ts';
import { reconcileNow } from '../../api/commands.ts';
import { venueTitle, worded } from '../../format/words.ts';
import { Button } from '../../ui/button.tsx';
import { Ago, Moment } from '../../ui/moment.tsx';
import { ShortId } from '../../ui/short-id.tsx';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { Change } from '../trade/trade-tables.tsx';

const ACCOUNTS: readonly Column<AccountCheck>[] = [
  { name: 'Account', cell: ({ accountId }) => <ShortId id={accountId} what="the address of the account" /> },
  { name: 'Venue', cell: ({ venue }) => venueTitle(venue) },
  { name: 'Compared', isNumber: true, cell: ({ checkedAt }) => <Ago at={checkedAt} /> },
  { name: 'Corrected', isNumber: true, cell: ({ corrections }) => corrections },
  {
    name: 'Result',
    cell: ({ error }) =>
      error === null ? <span className="gain">matches</span> : <span className="loss">{error}</span>,
  },
];

/** When each account was last compared with its venue. */
export const Accounts = ({ report: { accounts } }: { report: ReconcileReport }) => (
  <Table
    caption="Accounts"
    columns={ACCOUNTS}
    rows={accounts}
    keyOf={({ venue, accountId }) => `${venue}/${accountId}`}
    empty={<Empty title="No account was compared yet." />}
  />
);

const CORRECTIONS: readonly Column<Correction>[] = [
  { name: 'What', cell: ({ action }) => worded(action) },
  { name: 'Of', cell: ({ subject }) => <ShortId id={subject} what="the subject" /> },
  {
    name: 'Change',
    isMinor: true,
    cell: ({ before, after }) => <Change before={before} after={after} />,
  },
  { name: 'When', isNumber: true, cell: ({ at }) => <Moment at={at} /> },
];

/** What the reconciler corrected. */
export const Corrections = ({ report: { corrections } }: { report: ReconcileReport }) => (
  <Table
    caption="Corrections"
    columns={CORRECTIONS}
    rows={corrections}
    keyOf={({ subject, at, action }) => `${subject}/${at}/${action}`}
    empty={<Empty title="Nothing had to be corrected.">Records and venues agree.</Empty>}
  />
);

/** Starts a comparison of everything with the venues. */
export function ReconcileNow() {
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: reconcileNow,
    onSuccess: async () => {
      tell('Comparing with the venues');
      await client.invalidateQueries({ queryKey: ['system'] });
    },
    onError: (error) => tellFailure('The comparison was not started', error),
  });
  return (
    <Button className="button small" busy={start.isPending} onClick={() => start.mutate()}>
      Compare now
    </Button>
  );
}
