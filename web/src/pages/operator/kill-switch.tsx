import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Brake } from '#api/schemas/brake.ts';
import { setBrake } from '../../api/commands.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmAct } from '../../ui/confirm-act.tsx';
import { Field } from '../../ui/field.tsx';

const DEFAULT_REASON = 'stopped by hand';

/** Stops every entry everywhere until a person releases it. */
export function KillSwitch({ brakes }: { brakes: readonly Brake[] }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  if (brakes.some(({ scope, until }) => scope === 'system' && until === null)) return null;
  return (
    <ConfirmAct
      trigger={(open, isUnderWay) => (
        <Button kind="danger" busy={isUnderWay} onClick={open}>
          Stop all entries
        </Button>
      )}
      title="Stop all entries"
      about="Within a second no process sends an entry any more, at any venue, until a person releases the brake. Open positions keep their stops, are watched and closed as before."
      act="Hold to stop entries"
      word="stop"
      taken="Entries are stopped everywhere"
      onAct={async (once) => {
        await setBrake({ reason: reason.trim() || DEFAULT_REASON }, once);
        await client.invalidateQueries({ queryKey: ['brakes'] });
      }}
    >
      <Field
        label="Reason"
        placeholder={DEFAULT_REASON}
        value={reason}
        maxLength={500}
        onChange={({ target }) => setReason(target.value)}
      />
    </ConfirmAct>
  );
}
