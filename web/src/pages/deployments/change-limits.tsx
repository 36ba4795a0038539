import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment } from '#api/schemas/deployment.ts';
import { changeLimits } from '../../api/commands.ts';
import { askForProof, reasonOf } from '../../api/refusals.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { tell } from '../../ui/toasts.tsx';

/** Changes what a deployment may open. */
export function ChangeLimits({ deployment }: { deployment: Deployment }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        className="button small"
        aria-label={`Limits of ${deployment.agentName}`}
        onClick={() => setOpen(true)}
      >
        Limits
      </Button>
      <Dialog
        title={`Limits of ${deployment.agentName}`}
        about="They hold for the next entries. What is open stays as it is."
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        {isOpen && <LimitsForm deployment={deployment} onDone={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

function LimitsForm({ deployment, onDone }: { deployment: Deployment; onDone: () => void }) {
  const client = useQueryClient();
  const [limits, setLimits] = useState(() => textOf(deployment));
  const change = useMutation({
    mutationFn: () => changeLimits(deployment.id, readLimits(limits)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['deployments'] });
      tell(`The limits of ${deployment.agentName} are changed`);
      onDone();
    },
    onError: (error) => void askForProof(error),
  });
  const field = (name: keyof LimitTexts) => ({
    value: limits[name],
    onChange: ({ target }: { target: { value: string } }) => setLimits({ ...limits, [name]: target.value }),
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Field label="Largest trade" unit="USD" required pattern="\d+(\.\d+)?" {...field('maxNotionalUsd')} />
      <Field
        label="Largest leverage"
        unit="x, of the whole account"
        type="number"
        min={1}
        max={50}
        required
        {...field('maxLeverage')}
      />
      <Field
        label="Open at a time"
        unit="positions"
        type="number"
        min={1}
        max={100}
        required
        {...field('maxOpenPositions')}
      />
      <Field
        label="Largest loss of a day"
        unit="USD"
        pattern="\d+(\.\d+)?"
        hint="Open losses included, since midnight UTC; empty for none. Past it no entry is sent until the next day."
        {...field('maxDailyLossUsd')}
      />
      {change.error && (
        <p role="alert" className="loss">
          {reasonOf(change.error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" kind="primary" busy={change.isPending}>
          Change the limits
        </Button>
      </DialogActions>
    </form>
  );
}

/** Limits as they are typed; empty where there is none. */
interface LimitTexts {
  maxNotionalUsd: string;
  maxLeverage: string;
  maxOpenPositions: string;
  maxDailyLossUsd: string;
}

const textOf = ({ maxNotionalUsd, maxLeverage, maxOpenPositions, entryLimits }: Deployment): LimitTexts => ({
  maxNotionalUsd,
  maxLeverage: String(maxLeverage),
  maxOpenPositions: String(maxOpenPositions),
  maxDailyLossUsd: entryLimits.maxDailyLossUsd ?? '',
});

const readLimits = ({ maxNotionalUsd, maxLeverage, maxOpenPositions, maxDailyLossUsd }: LimitTexts) => ({
  maxNotionalUsd,
  maxLeverage: Number(maxLeverage),
  maxOpenPositions: Number(maxOpenPositions),
  entryLimits: { maxDailyLossUsd: maxDailyLossUsd === '' ? null : maxDailyLossUsd },
});
