/** What a person can choose to be told of. */
export const TOPICS = [
  'opened',
  'closed',
  'skipped',
  'changed',
  'alarm',
  'breach',
  'approval',
  'outage',
  'statement',
  'channel',
] as const;
export type Topic = (typeof TOPICS)[number];

/** How much an event matters, least first. An alarm needs a person now, and waits for nothing. */
export const SEVERITIES = ['info', 'warning', 'alarm'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How people are told of a kind of event. */
export interface Told {
  topic: Topic;
  severity: Severity;
  /** The heading, without what it is about. */
  title: string;
}

const told = (topic: Topic, severity: Severity, title: string): Told => ({ topic, severity, title });

/** Every type of event that people are told of; others stand in the story of a trade only. */
const TOLD: Readonly<Record<string, Told>> = {
  opened: told('opened', 'info', 'Opened'),
  adopted: told('opened', 'warning', 'Taken over'),
  settled: told('closed', 'info', 'Closed'),
  settlement_corrected: told('closed', 'info', 'Result corrected'),
  skipped: told('skipped', 'info', 'Skipped'),
  adjusted: told('changed', 'info', 'Exits changed'),
  paused: told('changed', 'info', 'Trade paused'),
  resumed: told('changed', 'info', 'Trade resumed'),
  entry_resized: told('changed', 'info', 'Entry made smaller'),
  moved_at_venue: told('changed', 'warning', 'Moved at the venue'),
  message_edited: told('changed', 'info', 'Post edited'),
  message_deleted: told('changed', 'warning', 'Post deleted'),
  reconciled: told('changed', 'warning', 'Corrected'),
  target_refused: told('changed', 'warning', 'Target refused'),
  pnl_mismatch: told('changed', 'warning', 'Profit differs'),
  stop_refused: told('alarm', 'alarm', 'Stop refused'),
  unprotected: told('alarm', 'alarm', 'Without a stop'),
  account_unread: told('alarm', 'alarm', 'Close in doubt'),
  exit_refused: told('alarm', 'alarm', 'Close refused'),
  step_ended: told('alarm', 'alarm', 'Cannot go on'),
  entry_trouble: told('alarm', 'alarm', 'Entry in trouble'),
  exit_trouble: told('alarm', 'alarm', 'Exit in trouble'),
  settlement_trouble: told('alarm', 'alarm', 'Settlement in trouble'),
  brake_set: told('breach', 'warning', 'Entries stopped'),
  brake_released: told('breach', 'info', 'Entries pass again'),
  // Events of the system, one for each deployment; trades have events of these types of their own.
  key_lost: told('approval', 'alarm', 'Trading key lost'),
  key_unaccepted: told('approval', 'warning', 'Trading key not accepted'),
  key_expiring: told('approval', 'warning', 'Approval expires'),
  venue_down: told('outage', 'warning', 'Venue down'),
  venue_up: told('outage', 'info', 'Venue back'),
  source_down: told('outage', 'warning', 'Source down'),
  source_stopped: told('outage', 'warning', 'Source stopped'),
  source_up: told('outage', 'info', 'Source back'),
  statement_ready: told('statement', 'info', 'Statement ready'),
  channel_stopped: told('channel', 'warning', 'Channel switched off'),
};

/** Told once for each deployment by an event of the system, and not again for each of its trades. */
const OF_THE_SYSTEM = ['key_lost', 'key_expiring'];

/** Returns how people are told of an event; null for one that stands in stories only. */
export function toldOf({ type, tradeId }: { type: string; tradeId: string | null }): Told | null {
  if (tradeId !== null && OF_THE_SYSTEM.includes(type)) return null;
  return TOLD[type] ?? null;
}
