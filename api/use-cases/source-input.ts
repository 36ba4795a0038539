import type { SourceKind } from '#domain/statuses.ts';
import { SourceInputError } from '#sources/errors.ts';
import { isPolled, type Source, type Sources } from '#sources/source.ts';
import { ProblemError } from '../problem.ts';

/** Returns the kind of source. Throws `source_refused` for one that nothing reads here. */
export function sourceOfKind(sources: Sources, kind: SourceKind): Source {
  const source = sources.get(kind);
  if (source) return source;
  throw refuseField(
    '/kind',
    `nothing reads ${kind} sources here; there are ${[...sources.keys()].join(', ')}`,
  );
}

/** Returns the handle in its one spelling. Throws `source_refused` for one that can never be read. */
export function readHandle(source: Source, handle: string): string {
  try {
    return source.parseHandle(handle);
  } catch (error) {
    if (!(error instanceof SourceInputError)) throw error;
    throw refuseField(error.pointer, error.message);
  }
}

/** Returns the options with their defaults. Throws `source_refused` that names the wrong ones. */
export function readOptions(source: Source, options: object): object {
  const read = source.options.safeParse(options);
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) => ({
    in: 'body' as const,
    pointer: ['/options', ...path.map(String)].join('/'),
    detail: message,
  }));
  const [first] = errors;
  throw new ProblemError('source_refused', `${first?.pointer}: ${first?.detail}`, { errors });
}

/** Throws `source_refused` for a secret where the kind has none, and for none where it needs one. */
export function checkSecret({ kind, secret }: Source, isGiven: boolean): void {
  if (secret === 'none' && isGiven) throw refuseField('/secret', `a ${kind} source has no secret`);
  if (secret === 'required' && !isGiven)
    throw refuseField('/secret', `a ${kind} source needs its token or secret`);
}

/** Throws `source_refused` for a period that the kind does not take. */
export function checkPeriod(source: Source, periodMs: number | null | undefined): void {
  if (periodMs === null || periodMs === undefined) return;
  if (!isPolled(source))
    throw refuseField('/periodMs', `a ${source.kind} source is not polled: it sends by itself`);
  const { minMs } = source.period;
  if (periodMs < minMs)
    throw refuseField('/periodMs', `${source.kind} sources are polled every ${minMs / 1000} s at most`);
}

export const refuseField = (pointer: string, detail: string): ProblemError =>
  new ProblemError('source_refused', `${pointer}: ${detail}`, {
    errors: [{ in: 'body', pointer, detail }],
  });
