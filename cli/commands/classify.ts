import { Command } from 'commander';
import { classifyLine, type ClassifiedLine } from '#classifiers/evaluation/classified-line.ts';
import { messageLine } from '#classifiers/evaluation/labelled-message.ts';
import { createRulesClassifier } from '#classifiers/rules/classifier.ts';
import { readMessageFile } from '../message-file.ts';

/** `signalman classify`: classifies the messages of a file. */
export const classifyCommand = (): Command =>
  new Command('classify')
    .description('say what the classifier makes of the messages of a file, one line each')
    .requiredOption('--file <file>', 'one JSON object per line: {"id", "text", "now"?: {"BTC": "65000"}}')
    .option('--json', 'print each result as one JSON object')
    .action(async ({ file, json }: { file: string; json?: boolean }) => {
      const classifier = createRulesClassifier();
      for await (const line of readMessageFile(file, messageLine)) {
        const read = await classifyLine(classifier, line);
        process.stdout.write(`${json === true ? JSON.stringify(printed(read)) : renderLine(read)}\n`);
      }
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

function renderLine({ id, kind, candidate, confidence, reasons, problem }: ClassifiedLine): string {
  const verdict = candidate ? `call ${confidence.toFixed(2)}` : kind;
  return [id, verdict, reasons.join('; '), problem === null ? '' : `[${problem}]`].filter(Boolean).join('  ');
}
