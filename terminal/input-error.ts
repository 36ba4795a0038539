/**
 * Something a person gave us cannot be used. The message is one line that names the place; commands print it to
 * stderr and end with exit code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(file: string, line: number | null, field: string | null, problem: string) {
    const place = [line === null ? file : `${file}:${line}`, field === null || field === '' ? null : field];
    super([...place.filter((part) => part !== null), problem].join(': '));
  }
}

/** Why a file cannot be opened, in words. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'is a directory, not a file';
  if (code === 'EACCES') return 'may not be read by this user';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
