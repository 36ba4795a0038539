import { Command } from 'commander';
import { classifyLine, type ClassifiedLine } from '#classifiers/evaluation/classified-line.ts';
import { evaluateLines } from '#classifiers/evaluation/evaluate.ts';
import { labelledLine, type LabelledLine } from '#classifiers/evaluation/labelled-message.ts';
import { createRulesClassifier } from '#classifiers/rules/classifier.ts';
import { InputError } from '#terminal/input-error.ts';
import { readMessageFile } from '../message-file.ts';
import { evaluationJson, renderEvaluation } from '../render/evaluation.ts';

/** `signalman evaluate`: how well the classifier reads messages that a person has labelled. */
export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description('say how well the classifier reads the labelled messages of a file')
    .requiredOption(
      '--file <file>',
      'one JSON object per line: {"id", "text", "candidate", "side", "instruments", "entry"?, "stop"?, "targets"?, "now"?}',
    )
    .option('--json', 'print the figures as one JSON object')
    .action(async ({ file, json }: { file: string; json?: boolean }) => {
      const classifier = createRulesClassifier();
      const labels: LabelledLine[] = [];
      const readings: ClassifiedLine[] = [];
      for await (const line of readMessageFile(file, labelledLine)) {
        labels.push(line);
        readings.push(await classifyLine(classifier, line));
      }
      if (labels.length === 0) throw new InputError(file, null, null, 'holds no labelled message');
      const evaluation = evaluateLines(labels, readings);
      const text = json === true ? JSON.stringify(evaluationJson(evaluation)) : renderEvaluation(evaluation);
      process.stdout.write(`${text}\n`);
    });
