import { readFile } from 'node:fs/promises';
import type { Barriers } from '#domain/barriers.ts';
import { parseBarriers } from '#domain/parse-barriers.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';
import { jsonLines, lineOf, syntaxErrorLine, type JsonLines } from './json-lines.ts';

export interface PolicyFile {
  barriers: Barriers;
  /** Where each field stands, for complaints that only come up later. */
  lines: JsonLines;
}

/** Reads a barriers object from a JSON file; throws {@link InputError} with the line of the first problem. */
export async function readPolicyFile(file: string): Promise<PolicyFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  const content = parseJson(file, text);
  const lines = jsonLines(text);
  const parsed = parseBarriers(content);
  if (parsed.ok) return { barriers: parsed.barriers, lines };
  const [first] = parsed.problems;
  const field = first?.field ?? '';
  throw new InputError(file, lineOf(lines, field), field, first?.message ?? 'is not a barriers object');
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(file, syntaxErrorLine(error, text), null, 'is not valid JSON');
  }
}
