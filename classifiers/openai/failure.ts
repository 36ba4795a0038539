/**
 * The ways in which a model gives no reading:
 * - `refused`: it will not answer. `incomplete`: it was cut off, by a limit or a filter.
 * - `unparsable`: its answer is no JSON, or JSON of another shape.
 * - `unavailable`: no answer, a late one, 408, 409, 429 or 5xx; it may answer later.
 * - `misconfigured`: key, model or request are wrong; it never answers until a person mends them.
 */
export type FailureKind = 'refused' | 'incomplete' | 'unparsable' | 'unavailable' | 'misconfigured';

export interface ModelFailure {
  kind: FailureKind;
  /** For a person to read. */
  detail: string;
  /** How long the server asks to be left alone. */
  retryAfterMs?: number;
}

const MAX_DETAIL = 200;

/** Returns a failure whose detail is one line of at most 200 characters. */
export const failureOf = (kind: FailureKind, detail: string, retryAfterMs?: number): ModelFailure => ({
  kind,
  detail: detail
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_DETAIL)
    .toWellFormed(),
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** Returns a failure in one line: `refused: ...`. */
export const describeFailure = ({ kind, detail }: ModelFailure): string => `${kind}: ${detail}`;
