import { EXIT_REASONS, type Barriers, type ExitReason } from '#domain/barriers.ts';
import { readGivenAdjustment } from '#domain/given-barriers.ts';
import type { BarrierPart } from '#domain/parse-barriers.ts';
import { isStorable } from '#domain/storable-text.ts';
import type { TradeEvent } from '#domain/trade.ts';

/**
 * Readers of what people send to a workflow, by the Temporal CLI or the API. No input may fail a workflow task, so no
 * reader throws: each returns what it could read.
 */

/** Sender of a message, as far as the input names one. */
export interface Sender {
  by: string;
}

/** The sender of an input that names none. */
export const OPERATOR = 'operator';
/** The sender of an input whose `by` is no name. */
export const UNREADABLE_SENDER = 'operator (sender unreadable)';

const MAX_NAME_LENGTH = 200;

/** Returns the sender that a note names, or the operator. */
export function readSender(input: unknown): Sender {
  const by = fieldOf(input, 'by');
  if (by === undefined || by === null || by === '') return { by: OPERATOR };
  return { by: isName(by) ? by : UNREADABLE_SENDER };
}

const isName = (by: unknown): by is string =>
  typeof by === 'string' && by.length <= MAX_NAME_LENGTH && isStorable(by);

/** Returns the reason of an exit; null when the input has none. An unknown reason counts as the venue's. */
export function readExitReason(input: unknown): ExitReason | null {
  const reason = fieldOf(input, 'reason');
  if (typeof reason !== 'string') return null;
  return EXIT_REASONS.find((each) => each === reason) ?? 'closed_at_venue';
}

/** Returns the event of what a post says about a trade; null when the input cannot be read. */
export function readFollowedPost(
  input: unknown,
): Extract<TradeEvent, { type: 'postFollowed' | 'closeRequested' }> | null {
  const instructionId = fieldOf(input, 'instructionId');
  if (fieldOf(input, 'closes') === true) return { type: 'closeRequested', reason: 'exit_signal' };
  return typeof instructionId === 'string' && isStorable(instructionId)
    ? { type: 'postFollowed', instructionId }
    : null;
}

/** Longest note that is kept. */
const MAX_NOTE_LENGTH = 500;

/** Returns the note of an input, or nothing where it has none that can be kept. */
function readNote(input: unknown): { note?: string } {
  const note = fieldOf(input, 'note');
  const isKept =
    typeof note === 'string' && note !== '' && note.length <= MAX_NOTE_LENGTH && isStorable(note);
  return isKept ? { note } : {};
}

export type Adjustment =
  | { ok: true; barriers: Barriers; none?: readonly BarrierPart[]; by: string; note?: string }
  | { ok: false; text: string };

/** Returns the exits that a person asks for, or what is wrong with them. */
export function readAdjustment(input: unknown): Adjustment {
  const read = readGivenAdjustment(fieldOf(input, 'barriers'));
  if (read.ok) {
    const { parts: barriers, none } = read.barriers;
    return { ok: true, barriers, ...(none.length > 0 && { none }), ...readSender(input), ...readNote(input) };
  }
  const text = read.problems.map(({ field, message }) => `${field || 'barriers'}: ${message}`).join('; ');
  return { ok: false, text };
}

function fieldOf(input: unknown, name: string): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
}

/** Returns whether a trade can be started from the input. */
export function isTradeInput(input: unknown): boolean {
  return ['signalId', 'deploymentId'].every((name) => {
    const id = fieldOf(input, name);
    return typeof id === 'string' && id !== '';
  });
}
