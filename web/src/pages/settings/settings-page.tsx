import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKey } from '#api/schemas/api-key.ts';
import { endSession, makeApiKey, revokeApiKey } from '../../api/commands.ts';
import { apiKeysQuery, sessionsQuery, whoAmIQuery, type Session } from '../../api/queries.ts';
import { signOut } from '../../session/sign-in.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmAct } from '../../ui/confirm-act.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Ago, Moment } from '../../ui/moment.tsx';
import { Facts, PageHead, Panel } from '../../ui/panel.tsx';
import { ShortId } from '../../ui/short-id.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';

/** Who is signed in, in which browsers, and with which keys. */
export function SettingsPage() {
  usePageTitle('Settings');
  const who = useQuery(whoAmIQuery());
  const sessions = useQuery(sessionsQuery());
  const keys = useQuery(apiKeysQuery());
  return (
    <>
      <PageHead title="Settings" about="Your sessions and keys.">
        <SignOut />
      </PageHead>
      <Panel title="You">
        <Read query={who} lines={3}>
          {({ user, scopes }) => (
            <Facts
              facts={[
                ['Name', user.name],
                ['Role', user.role],
                ['May', scopes.join(', ')],
                [
                  'Wallet',
                  user.walletAddress === null ? (
                    'none'
                  ) : (
                    <ShortId key="wallet" id={user.walletAddress} what="the address of the wallet" />
                  ),
                ],
              ]}
            />
          )}
        </Read>
      </Panel>
      <Panel title="Sessions" flush>
        <Read query={sessions}>
          {({ items }) => (
            <Table
              caption="Sessions"
              columns={SESSIONS}
              rows={items}
              keyOf={({ id }) => id}
              empty={<Empty title="No session is open." />}
            />
          )}
        </Read>
      </Panel>
      <Panel title="API keys" actions={<MakeKey />} flush>
        <Read query={keys}>
          {({ items }) => (
            <Table
              caption="API keys"
              columns={KEYS}
              rows={items}
              keyOf={({ id }) => id}
              empty={<Empty title="You have no API key.">Programs sign in with one.</Empty>}
            />
          )}
        </Read>
      </Panel>
    </>
  );
}

function SignOut() {
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => client.resetQueries(),
    onError: (error) => tellFailure('You are still signed in', error),
  });
  return (
    <Button busy={leave.isPending} onClick={() => leave.mutate()}>
      Sign out
    </Button>
  );
}

const SESSIONS: readonly Column<Session>[] = [
  {
    name: 'Client',
    cell: ({ client, current, as }) => (
      <span className="row">
        {client} <span className="quiet">({as === 'cookie' ? 'browser' : 'program'})</span>
        {current && <Badge tone="accent">This one</Badge>}
      </span>
    ),
  },
  { name: 'May', isMinor: true, cell: ({ scopes }) => scopes.join(', ') },
  { name: 'Begun', isNumber: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: 'Used', isNumber: true, cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
  { name: 'Ends', isNumber: true, isMinor: true, cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
  {
    name: 'End',
    isNameHidden: true,
    isNumber: true,
    cell: ({ id, client }) => <EndButton what={`session ${client}`} act={() => endSession(id)} label="End" />,
  },
];

const KEYS: readonly Column<ApiKey>[] = [
  {
    name: 'Name',
    cell: ({ name, current, revokedAt, configured }) => (
      <span className="row">
        {name}
        {configured && <Badge>Configured</Badge>}
        {current && <Badge tone="accent">This one</Badge>}
        {revokedAt !== null && <Badge tone="loss">Revoked</Badge>}
      </span>
    ),
  },
  { name: 'Made', isNumber: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: 'Used', isNumber: true, cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
  {
    name: 'Revoke',
    isNameHidden: true,
    isNumber: true,
    cell: (key) => (key.revokedAt === null ? <Revoke apiKey={key} /> : null),
  },
];

function EndButton({ what, label, act }: { what: string; label: string; act: () => Promise<unknown> }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      tell(`Ended: ${what}`);
      await client.invalidateQueries({ queryKey: ['session'] });
    },
    onError: (error) => tellFailure(`Not ended: ${what}`, error),
  });
  return (
    <Button
      className="button small"
      aria-label={`${label} ${what}`}
      busy={end.isPending}
      onClick={() => end.mutate()}
    >
      {label}
    </Button>
  );
}

function Revoke({ apiKey: { id, name } }: { apiKey: ApiKey }) {
  const client = useQueryClient();
  return (
    <ConfirmAct
      trigger={(open, isUnderWay) => (
        <Button
          className="button small danger"
          aria-label={`Revoke ${name}`}
          busy={isUnderWay}
          onClick={open}
        >
          Revoke
        </Button>
      )}
      title={`Revoke ${name}`}
      about="It opens nothing from the next request on, and the sessions that were made with it end."
      act="Hold to revoke"
      word={name}
      taken={`${name} is revoked`}
      onAct={async () => {
        await revokeApiKey(id);
        await client.invalidateQueries({ queryKey: ['session'] });
      }}
    >
      <></>
    </ConfirmAct>
  );
}

function MakeKey() {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => makeApiKey(name.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
    onError: (error) => tellFailure('No key was made', error),
  });
  const close = () => {
    setOpen(false);
    setName('');
    make.reset();
  };
  return (
    <>
      <Button className="button small" onClick={() => setOpen(true)}>
        Make a key
      </Button>
      <Dialog
        title="Make an API key"
        about="It is shown once, here. Whoever has it can do what you can do."
        isOpen={isOpen}
        onClose={close}
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate();
          }}
        >
          {make.data ? (
            <p className="mono reason" role="status">
              {make.data.key}
            </p>
          ) : (
            <Field
              label="Name"
              required
              pattern="[A-Za-z0-9_][A-Za-z0-9_ .\-]{0,59}"
              value={name}
              hint="Letters, digits, spaces, dots, - or _"
              onChange={({ target }) => setName(target.value)}
            />
          )}
          <DialogActions>
            <Button onClick={close}>{make.data ? 'Done' : 'Cancel'}</Button>
            {!make.data && (
              <Button type="submit" kind="primary" busy={make.isPending}>
                Make
              </Button>
            )}
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}
