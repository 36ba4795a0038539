import { Command } from 'commander';
import { classifyLine, type ClassifiedLine } from '#classifiers/evaluation/classified-line.ts';
import { messageLine } from '#classifiers/evaluation/labelled-message.ts';
import { addClassifierOptions, openClassifier, type ClassifierChoice } from '../classifier-option.ts';
import { inBatches } from '../in-batches.ts';
import { readMessageFile } from '../message-file.ts';

/** `signalman classify`: classifies the messages of a file. */
export const classifyCommand = (): Command =>
  addClassifierOptions(new Command('classify'))
    .description('say what the classifier makes of the messages of a file, one line each')
    .requiredOption('--file <file>', 'one JSON object per line: {"id", "text", "now"?: {"BTC": "65000"}}')
    .option('--json', 'print each result as one JSON object')
    .action(async ({ file, json, ...choice }: { file: string; json?: boolean } & ClassifierChoice) => {
      const { classifier, atOnce } = openClassifier(choice, process.env);
      const lines = readMessageFile(file, messageLine);
      for await (const read of inBatches(lines, atOnce, (line) => classifyLine(classifier, line)))
        process.stdout.write(`${json === true ? JSON.stringify(printed(read)) : renderLine(read)}\n`);
    });

/** The fields of a result in the order in which they are documented. */
const printed = ({ id, label, kind, candidate, side, instruments, ...rest }: ClassifiedLine): object => ({
  id,
  label,
  kind,
  candidate,
  side,
  instruments,
  ...rest,
});

function renderLine({ id, kind, candidate, confidence, reasons, problem, decision }: ClassifiedLine): string {
  const verdict = candidate ? `call ${confidence.toFixed(2)}` : kind;
  const decided = decision?.by === 'rules' ? `(by rules: ${decision.why})` : '';
  return [id, verdict, reasons.join('; '), problem === null ? '' : `[${problem}]`, decided]
    .filter(Boolean)
    .join('  ');
}
