import { readFile } from 'node:fs/promises';
import type { Barriers } from '#domain/barriers.ts';
import { parseAgentBarriers, type AgentBarriers } from '#domain/agent-barriers.ts';
import { parseBarriers } from '#domain/parse-barriers.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';
import { jsonLines, lineOf, syntaxErrorLine, type JsonLines } from './json-lines.ts';

export interface PolicyFile<Read = Barriers> {
  barriers: Read;
  /** The exits as the file has them; `null` for a part says that there is to be none of it. */
  given: object;
  /** Line of each field, for errors that are found later. */
  lines: JsonLines;
}

/** Reads a barriers object from a JSON file; throws {@link InputError} with the line of the first problem. */
export const readPolicyFile = (file: string): Promise<PolicyFile> => readBy(parseBarriers, file);

/**
 * Reads the exits of an agent from a JSON file: barriers, and the parts under `always`. Throws as {@link
 * readPolicyFile}.
 */
export const readAgentPolicyFile = (file: string): Promise<PolicyFile<AgentBarriers>> =>
  readBy(parseAgentBarriers, file);

type Parse<Read> = (
  input: unknown,
) => { ok: true; barriers: Read } | { ok: false; problems: readonly { field: string; message: string }[] };

async function readBy<Read>(parse: Parse<Read>, file: string): Promise<PolicyFile<Read>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  const content = parseJson(file, text);
  const lines = jsonLines(text);
  const parsed = parse(content);
  if (parsed.ok) return { barriers: parsed.barriers, given: Object(content), lines };
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
