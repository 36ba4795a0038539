import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { classifyLine } from '../evaluation/classified-line.ts';
import { evaluateLines } from '../evaluation/evaluate.ts';
import { labelledLine } from '../evaluation/labelled-message.ts';
import { createModelClassifier, modelVersion, type ModelMode } from './classifier.ts';
import { recordedClient, recordedModel } from './recorded.ts';
import { standInOptions } from './testing.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const RECORDED = pathOf('./recordings/stand-in.jsonl');

const lines = readFileSync(pathOf('../labelled/written.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => labelledLine.parse(JSON.parse(line)));

/** Reads the labelled messages by the recorded answers; nothing is asked over the network. */
async function evaluate(mode: ModelMode) {
  const version = modelVersion(recordedModel(RECORDED) ?? '');
  const classifier = createModelClassifier({
    mode,
    model: standInOptions('http://127.0.0.1:9/v1'),
    client: recordedClient(RECORDED, version, null),
  });
  const readings = [];
  for (const line of lines) readings.push(await classifyLine(classifier, line));
  return { readings, figures: evaluateLines(lines, readings) };
}

// When the prompt changes, the answers are recorded anew: `signalman evaluate --recorded` with `signalman sandbox llm`.
test('the stand-in reads the labelled messages as docs/classifier.md says, by the model alone', async () => {
  const { readings, figures } = await evaluate('openai');
  expect(readings.filter(({ decision }) => decision?.by === 'rules')).toHaveLength(81);
  expect(figures.candidate.precision.value).toBeCloseTo(0.987, 3);
  expect(figures.candidate.recall.value).toBeCloseTo(0.44, 3);
});

test('and with both: what rules and stand-in agree on is right', async () => {
  const { figures } = await evaluate('both');
  expect(figures.candidate.precision.value).toBeCloseTo(0.987, 3);
  expect(figures.candidate.recall.value).toBeCloseTo(0.44, 3);
  expect(figures.side.value).toBe(1);
});
