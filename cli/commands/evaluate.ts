import { Command } from 'commander';
import { classifyLine, type ClassifiedLine } from '#classifiers/evaluation/classified-line.ts';
import { evaluateLines } from '#classifiers/evaluation/evaluate.ts';
import { labelledLine, type LabelledLine } from '#classifiers/evaluation/labelled-message.ts';
import { InputError } from '#terminal/input-error.ts';
import { addClassifierOptions, openClassifier, type ClassifierChoice } from '../classifier-option.ts';
import { inBatches } from '../in-batches.ts';
import { readMessageFile } from '../message-file.ts';
import { evaluationJson, renderEvaluation } from '../render/evaluation.ts';
import { modelUseJson, renderModelUse } from '../render/model-use.ts';

/** `signalman evaluate`: how well the classifier reads messages that a person has labelled. */
export const evaluateCommand = (): Command =>
  addClassifierOptions(new Command('evaluate'))
    .description('say how well the classifier reads the labelled messages of a file')
    .requiredOption(
      '--file <file>',
      'one JSON object per line: {"id", "text", "candidate", "side", "instruments", "entry"?, "stop"?, "targets"?, "now"?}',
    )
    .option('--json', 'print the figures as one JSON object')
    .action(async ({ file, json, ...choice }: { file: string; json?: boolean } & ClassifierChoice) => {
      const { classifier, atOnce } = openClassifier(choice, process.env);
      const labels: LabelledLine[] = [];
      const readings: ClassifiedLine[] = [];
      const lines = readMessageFile(file, labelledLine);
      const read = async (line: LabelledLine) => ({ line, reading: await classifyLine(classifier, line) });
      for await (const { line, reading } of inBatches(lines, atOnce, read)) {
        labels.push(line);
        readings.push(reading);
      }
      if (labels.length === 0) throw new InputError(file, null, null, 'holds no labelled message');
      const evaluation = evaluateLines(labels, readings);
      const isModel = choice.classifier !== 'rules';
      const text =
        json === true
          ? JSON.stringify({ ...evaluationJson(evaluation), ...(isModel && modelUseJson(readings)) })
          : [renderEvaluation(evaluation), ...(isModel ? ['', renderModelUse(readings)] : [])].join('\n');
      process.stdout.write(`${text}\n`);
    });
