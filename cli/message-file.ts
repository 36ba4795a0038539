import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type * as z from 'zod';
import { fileProblem, InputError } from '#terminal/input-error.ts';

/** A line longer than this is no message. */
const MAX_LINE_LENGTH = 1_000_000;

/**
 * Reads a file of one JSON object per line as a stream; empty lines are left out. Throws {@link InputError} with file,
 * line and field on the first line that does not fit the schema.
 */
export async function* readMessageFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): AsyncGenerator<z.infer<Schema>> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const text of lines) {
      number += 1;
      if (text.trim() !== '') yield parseLine(file, number, text, schema);
    }
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(file, null, null, fileProblem(error));
  }
}

function parseLine<Schema extends z.ZodType>(
  file: string,
  line: number,
  text: string,
  schema: Schema,
): z.infer<Schema> {
  if (text.length > MAX_LINE_LENGTH) throw new InputError(file, line, null, 'is too long');
  const value = jsonOf(file, line, text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const problem = path.length > 0 && isMissing(value, path) ? 'is missing' : issue?.message;
  throw new InputError(file, line, path.join('.') || null, problem ?? 'cannot be read');
}

/** Returns whether the value has nothing at the path. */
const isMissing = (value: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce<unknown>((at, key) => Object(at)[key], value) === undefined;

function jsonOf(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch {
    throw new InputError(file, line, null, 'is not JSON');
  }
}
