import type { ReactNode } from 'react';
import { titled } from '../format/words.ts';
import './badge.css';

export type Tone = 'neutral' | 'gain' | 'loss' | 'warn' | 'accent';

/** A short word about the state of something. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={`badge ${tone}`}>{children}</span>
);

/** The side of a trade: an arrow and a word besides the colour. */
export const SideBadge = ({ side }: { side: 'long' | 'short' }) => (
  <span className={`badge side ${side === 'long' ? 'gain' : 'loss'}`}>
    <span aria-hidden="true">{side === 'long' ? '▲' : '▼'}</span>
    {titled(side)}
  </span>
);

const TONES: Readonly<Record<string, Tone>> = {
  open: 'accent',
  opening: 'accent',
  closing: 'warn',
  settling: 'warn',
  skipped: 'warn',
  executed: 'gain',
  expired: 'warn',
  active: 'gain',
  paused: 'warn',
  ok: 'gain',
  up: 'gain',
  watching: 'gain',
  ready: 'gain',
  filled: 'gain',
  approved: 'gain',
  behind: 'warn',
  degraded: 'warn',
  failing: 'loss',
  down: 'loss',
  blind: 'loss',
  rejected: 'loss',
  stopped: 'loss',
  unresolved: 'loss',
  revoked: 'loss',
  resting: 'accent',
  waiting: 'accent',
};

/** A state of the system by its own word, in the tone that the word has everywhere. */
export const StateBadge = ({ state }: { state: string }) => (
  <Badge tone={TONES[state] ?? 'neutral'}>{titled(state)}</Badge>
);
