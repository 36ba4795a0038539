import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classifyLine } from '../evaluation/classified-line.ts';
import { labelledLine } from '../evaluation/labelled-message.ts';
import { evaluateLines } from '../evaluation/evaluate.ts';
import { createRulesClassifier } from './classifier.ts';

const lines = readFileSync(new URL('../labelled/development.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => labelledLine.parse(JSON.parse(line)));

test.each(lines.map((line) => [line.text, line] as const))('is read as labelled: %j', async (_text, line) => {
  const read = await classifyLine(createRulesClassifier(), line);
  expect(evaluateLines([line], [read]).worst).toEqual([]);
});
