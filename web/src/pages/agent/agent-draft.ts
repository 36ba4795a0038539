import type { z } from 'zod';
import type { agentInput } from '#api/schemas/agent.ts';
import type { Source } from '#api/schemas/source.ts';

type SourceKind = Source['kind'];

/** Fields of the form, as they are typed. */
export interface AgentDraft {
  name: string;
  sourceKind: SourceKind;
  sourceHandle: string;
  minConfidence: string;
  sizeMode: 'riskPercent' | 'equityPercent' | 'fixedNotional';
  size: string;
  stopPct: string;
  targetPct: string;
  trailPct: string;
  hours: string;
}

export const NEW_AGENT: AgentDraft = {
  name: '',
  sourceKind: 'manual',
  sourceHandle: '',
  minConfidence: '50',
  sizeMode: 'riskPercent',
  size: '2',
  stopPct: '5',
  targetPct: '',
  trailPct: '1',
  hours: '24',
};

export type AgentBody = z.input<typeof agentInput>;

/** What is wrong with fields, by field. */
export type DraftProblems = Partial<Record<keyof AgentDraft, string>>;

const HOUR_MS = 3_600_000;

/** Returns what a person has to correct before the draft is sent; the API judges again. */
export function checkDraft(draft: AgentDraft): DraftProblems {
  const problems: DraftProblems = {};
  if (!/^\w[\w .-]{0,59}$/.test(draft.name))
    problems.name = 'Up to 60 letters, digits, spaces, dots, - or _.';
  if (!isWithin(draft.minConfidence, 0, 100)) problems.minConfidence = 'From 0 to 100.';
  if (draft.sizeMode === 'fixedNotional' ? !isWithin(draft.size, 1, 1e9) : !isWithin(draft.size, 0.01, 100))
    problems.size = draft.sizeMode === 'fixedNotional' ? 'An amount in USD.' : 'More than 0, at most 100.';
  if (!isWithin(draft.stopPct, 0.01, 99))
    problems.stopPct = 'More than 0 and less than 100: no trade is without a stop.';
  if (draft.targetPct !== '' && !isWithin(draft.targetPct, 0.01, 1_000))
    problems.targetPct = 'A percentage, or nothing.';
  if (draft.trailPct !== '' && !isWithin(draft.trailPct, 0.01, 99))
    problems.trailPct = 'A percentage, or nothing.';
  if (draft.hours !== '' && !isWithin(draft.hours, 0.01, 8_760)) problems.hours = 'Hours, or nothing.';
  return problems;
}

const isWithin = (text: string, least: number, most: number): boolean =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) >= least && Number(text) <= most;

/** Returns the body of the request that makes the agent. */
export function toBody(draft: AgentDraft): AgentBody {
  const { sourceKind, sourceHandle, sizeMode, size, stopPct, targetPct, trailPct, hours } = draft;
  return {
    name: draft.name,
    minConfidence: Number(draft.minConfidence) / 100,
    sizeModel:
      sizeMode === 'fixedNotional'
        ? { mode: sizeMode, notionalUsd: size }
        : { mode: sizeMode, percent: Number(size) },
    barriers: {
      stopLoss: { pct: Number(stopPct) },
      takeProfits: targetPct === '' ? null : [{ pct: Number(targetPct), fraction: 1 }],
      trailing: trailPct === '' ? null : [{ activatesAtPct: 0, distancePct: Number(trailPct) }],
      timeLimitMs: hours === '' ? null : Math.round(Number(hours) * HOUR_MS),
    },
    sources:
      sourceHandle.trim() === '' ? [] : [{ kind: sourceKind, handle: sourceHandle.trim(), weight: 100 }],
  };
}
