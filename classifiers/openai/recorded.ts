import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { failureOf } from './failure.ts';
import type { ModelClient } from './model-client.ts';
import { failed, type ModelReply } from './reply.ts';

/** One recorded answer. `version` names the model and the prompt that it is of. */
const recordedLine = z.object({
  version: z.string(),
  text: z.string(),
  raw: z.string(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
});
type RecordedLine = z.infer<typeof recordedLine>;

/** Reads a file of recorded answers, one JSON object a line; none for a file that is not there. Throws on other lines. */
function readRecorded(file: string): RecordedLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => recordedLine.parse(JSON.parse(line)));
}

/** Returns the model of the first answer in a file; null for a file without answers. */
export const recordedModel = (file: string): string | null =>
  readRecorded(file)[0]?.version.replace(/\/\w+$/u, '') ?? null;

/** Returns the recorded answers by the text they are about, for a server that is to give them again. */
export const recordedAnswers = (file: string): Map<string, unknown> =>
  new Map(readRecorded(file).map(({ text, raw }): [string, unknown] => [text, JSON.parse(raw)]));

/**
 * Returns a client that answers from a file. A text that the file does not hold is asked of `client` and added; without a
 * client it has no answer.
 */
export function recordedClient(file: string, version: string, client: ModelClient | null): ModelClient {
  const known = new Map(
    readRecorded(file)
      .filter((line) => line.version === version)
      .map((line) => [line.text, line]),
  );
  return {
    async ask(text, timeoutMs) {
      const line = known.get(text);
      if (line) return toReply(line);
      if (!client)
        return failed(failureOf('incomplete', `${file} holds no answer of ${version} to it`), false);
      const reply = await client.ask(text, timeoutMs);
      if (reply.failure === null && reply.raw !== null)
        record({ version, text, raw: reply.raw, ...tokensOf(reply) });
      return reply;
    },
  };

  function record(line: RecordedLine): void {
    known.set(line.text, line);
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
}

const tokensOf = ({ usage }: ModelReply): Pick<RecordedLine, 'inputTokens' | 'outputTokens'> => ({
  inputTokens: usage?.inputTokens ?? null,
  outputTokens: usage?.outputTokens ?? null,
});

const toReply = ({ raw, inputTokens, outputTokens, version }: RecordedLine): ModelReply => ({
  raw,
  failure: null,
  usage: inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens },
  model: version,
  requestId: null,
  isCostUnknown: false,
});
