import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { writeFileAtomic } from '#process/json-file.ts';
import { createOutput } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { collectAnswers } from '../setup/collect-answers.ts';
import { withVariables } from '../setup/env-text.ts';
import { QUESTIONS, type Answers } from '../setup/questions.ts';

const ENV_FILE = '.env';
/** The answer that removes a variable. */
const NONE = '-';

type Line = (text: string) => void;

/** `signalman setup`: questions on a terminal; elsewhere the variables of the environment are the answers. */
export const setupCommand = (): Command =>
  new Command('setup')
    .description(`ask for venues and services, try every answer, and write ${ENV_FILE}, which up reads`)
    .action(async () => {
      const out = createOutput(process.stdout, process.env);
      const line: Line = (text) => out.line(text);
      const answers = process.stdin.isTTY ? await askPerson(line) : await readVariables(line);
      line(`${write(answers)}; next: npx signalman up`);
    });

/** Returns what was done with the file. @throws {CliError} when it cannot be written. */
function write(answers: Answers): string {
  const before = readText(ENV_FILE);
  const after = withVariables(
    before,
    answers,
    QUESTIONS.map(({ variable }) => variable),
  );
  if (after.trim() === before.trim()) return `${ENV_FILE} stays as it is`;
  try {
    writeFileAtomic(ENV_FILE, after);
  } catch (error) {
    throw new CliError(
      `${ENV_FILE} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return `${ENV_FILE} is written (${Object.keys(answers).join(', ') || 'nothing is set'})`;
}

async function askPerson(line: Line): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // What was set before is an answer like any other: the file alone must not decide over a question.
  const env = { ...process.env };
  for (const { variable } of QUESTIONS) delete env[variable];
  try {
    return await collectAnswers(QUESTIONS, {
      env,
      line,
      async ask({ text, variable, isAsked, otherwise }, answers) {
        if (isAsked && !isAsked(answers)) return '';
        const before = process.env[variable];
        const kept = before === undefined ? '' : ` [nothing: as it is; ${NONE}: remove it]`;
        const answer = (await terminal.question(`${text}${kept}\n> `)).trim();
        if (answer === NONE) return '';
        return answer || before || (otherwise?.(answers) ?? '');
      },
      onProblem: (text) => line(`${text} (${NONE} leaves it unset)`),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError')
      throw new CliError('ended before the last question: nothing is written');
    throw error;
  } finally {
    terminal.close();
  }
}

/** @throws {CliError} for a value that cannot be used. */
const readVariables = (line: Line): Promise<Answers> =>
  collectAnswers(QUESTIONS, {
    env: process.env,
    line,
    ask: async ({ variable }) => process.env[variable] ?? '',
    onProblem(text) {
      throw new CliError(text);
    },
  });

const readText = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
