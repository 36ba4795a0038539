import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { RequestError } from '../../api/client.ts';
import { createAgent } from '../../api/commands.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { Select } from '../../ui/select.tsx';
import { tell } from '../../ui/toasts.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { checkDraft, NEW_AGENT, toBody, type AgentDraft, type DraftProblems } from './agent-draft.ts';

/** Makes an agent: whom it listens to, how much it trades and when it leaves. */
export function CreateAgentPage() {
  usePageTitle('Create an agent');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(NEW_AGENT);
  const [isTried, setTried] = useState(false);
  const problems = isTried ? checkDraft(draft) : {};
  const create = useMutation({
    mutationFn: () => createAgent(toBody(draft)),
    onSuccess: async ({ id, name }) => {
      await client.invalidateQueries({ queryKey: ['agents'] });
      tell(`${name} is there`, 'It trades once it is deployed for a wallet.');
      await navigate({ to: '/agents/$id', params: { id } });
    },
  });
  const change = (part: Partial<AgentDraft>) => setDraft({ ...draft, ...part });
  return (
    <>
      <PageHead
        title="Create an agent"
        about="Whom it listens to, how much it trades, and when it leaves a trade."
      />
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (Object.keys(checkDraft(draft)).length === 0) create.mutate();
          else focusFirstError(event.currentTarget);
        }}
      >
        <div className="split narrow">
          <SourceFields draft={draft} problems={problems} change={change} />
          <SizeFields draft={draft} problems={problems} change={change} />
          <ExitFields draft={draft} problems={problems} change={change} />
        </div>
        {create.error && <Refusal error={create.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={create.isPending}>
            Create the agent
          </Button>
        </div>
      </form>
    </>
  );
}

/** Leads the person to the first field that is wrong, once it is marked. */
function focusFirstError(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

interface FieldsProps {
  draft: AgentDraft;
  problems: DraftProblems;
  change: (part: Partial<AgentDraft>) => void;
}

/** Kinds of sources, as the API names them. */
const KINDS = [
  ['manual', 'By hand'],
  ['x', 'X'],
  ['telegram', 'Telegram'],
  ['rss', 'Feed'],
  ['webhook', 'Webhook'],
  ['tradingview', 'TradingView'],
  ['file', 'File'],
] as const;

const isKind = (value: string): value is AgentDraft['sourceKind'] => KINDS.some(([kind]) => kind === value);

const SourceFields = ({ draft, problems, change }: FieldsProps) => (
  <Panel title="Who speaks">
    <div className="stack">
      <Field
        label="Name"
        value={draft.name}
        error={problems.name}
        onChange={({ target }) => change({ name: target.value })}
      />
      <Select
        label="Kind of source"
        value={draft.sourceKind}
        options={KINDS}
        onChoose={(kind) => isKind(kind) && change({ sourceKind: kind })}
      />
      <Field
        label="Source"
        hint="A handle, channel or address; without one its calls are made by hand. More are added later."
        value={draft.sourceHandle}
        onChange={({ target }) => change({ sourceHandle: target.value })}
      />
      <Field
        label="Least confidence"
        unit="%"
        inputMode="decimal"
        hint="A post that is read with less becomes no trade."
        value={draft.minConfidence}
        error={problems.minConfidence}
        onChange={({ target }) => change({ minConfidence: target.value })}
      />
    </div>
  </Panel>
);

const SIZES = [
  ['riskPercent', 'Percent of equity at risk'],
  ['equityPercent', 'Percent of equity'],
  ['fixedNotional', 'A fixed value'],
] as const;

const isMode = (value: string): value is AgentDraft['sizeMode'] => SIZES.some(([mode]) => mode === value);

const SizeFields = ({ draft, problems, change }: FieldsProps) => (
  <Panel title="How much">
    <div className="stack">
      <Select
        label="Size of a trade"
        value={draft.sizeMode}
        options={SIZES}
        onChoose={(mode) => isMode(mode) && change({ sizeMode: mode })}
      />
      <Field
        label={draft.sizeMode === 'fixedNotional' ? 'Value' : 'Part'}
        unit={draft.sizeMode === 'fixedNotional' ? 'USD' : '%'}
        inputMode="decimal"
        hint={SIZE_HINTS[draft.sizeMode]}
        value={draft.size}
        error={problems.size}
        onChange={({ target }) => change({ size: target.value })}
      />
    </div>
  </Panel>
);

const SIZE_HINTS: Readonly<Record<AgentDraft['sizeMode'], string>> = {
  riskPercent: 'What is lost if the stop is hit, as a part of the equity.',
  equityPercent: 'The value of the position, as a part of the equity.',
  fixedNotional: 'The value of each position. Limits of the deployment hold in any case.',
};

const ExitFields = ({ draft, problems, change }: FieldsProps) => (
  <Panel title="When it leaves">
    <div className="stack">
      <Field
        label="Stop"
        unit="% from the entry"
        inputMode="decimal"
        hint="Of the price, never of the margin."
        value={draft.stopPct}
        error={problems.stopPct}
        onChange={({ target }) => change({ stopPct: target.value })}
      />
      <Field
        label="Target"
        unit="% from the entry"
        inputMode="decimal"
        hint="Empty for none."
        value={draft.targetPct}
        error={problems.targetPct}
        onChange={({ target }) => change({ targetPct: target.value })}
      />
      <Field
        label="Trailing stop"
        unit="% from the peak"
        inputMode="decimal"
        hint="Empty for none; it only ever tightens."
        value={draft.trailPct}
        error={problems.trailPct}
        onChange={({ target }) => change({ trailPct: target.value })}
      />
      <Field
        label="Time limit"
        unit="hours"
        inputMode="decimal"
        hint="Empty for none."
        value={draft.hours}
        error={problems.hours}
        onChange={({ target }) => change({ hours: target.value })}
      />
    </div>
  </Panel>
);

function Refusal({ error }: { error: Error }) {
  const problem = error instanceof RequestError ? error : null;
  return (
    <div role="alert" className="loss">
      <p>{problem ? `${problem.message} ${problem.detail}` : String(error)}</p>
      {problem && problem.fields.length > 0 && (
        <ul>
          {problem.fields.map(({ pointer, detail }) => (
            <li key={pointer}>
              <span className="mono">{pointer}</span> {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
