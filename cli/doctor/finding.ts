import { explainFailure } from '#process/start-failure.ts';

/** A result of the doctor about one part of the system. */
export interface Finding {
  part: string;
  /**
   * `off`: not there, and not needed. `soon`: works, and will not for long. `broken`: needed, and missing or not
   * working.
   */
  status: 'ok' | 'off' | 'soon' | 'broken';
  detail: string;
  /** Where the setting comes from: a variable, a file, a default. */
  from: string | null;
  /** Advice; null when there is nothing to do. */
  remedy: string | null;
}

export const ok = (part: string, detail: string, from: string | null = null): Finding => ({
  part,
  status: 'ok',
  detail,
  from,
  remedy: null,
});

export const off = (part: string, detail: string, remedy: string | null = null): Finding => ({
  part,
  status: 'off',
  detail,
  from: null,
  remedy,
});

export const soon = (part: string, detail: string, remedy: string): Finding => ({
  part,
  status: 'soon',
  detail,
  from: null,
  remedy,
});

export const broken = (
  part: string,
  detail: string,
  remedy: string,
  from: string | null = null,
): Finding => ({
  part,
  status: 'broken',
  detail,
  from,
  remedy,
});

/** How long one part may take to answer. */
export const CHECK_TIMEOUT_MS = 5_000;

/** Returns the line of an error that says what is wrong. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An error of `fetch` says only in its cause why it failed.
  const telling = error.message === 'fetch failed' && error.cause instanceof Error ? error.cause : error;
  const message = explainFailure(telling) || ('code' in telling ? String(telling.code) : telling.name);
  return (
    message
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? 'no answer'
  );
}
