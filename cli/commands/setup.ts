import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { ConfigError } from '#config/env.ts';
import { writeFileAtomic } from '#process/json-file.ts';
import { createOutput } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { findSystem } from '../find-api.ts';
import { withVariables } from '../setup/env-text.ts';
import { QUESTIONS, type Question } from '../setup/questions.ts';

const ENV_FILE = '.env';

type Line = (text: string) => void;

/** `signalman setup`: questions on a terminal; elsewhere the variables of the environment are the answers. */
export const setupCommand = (): Command =>
  new Command('setup')
    .description(`ask for venues and services, try every answer, and write ${ENV_FILE}, which up reads`)
    .action(async () => {
      const out = createOutput(process.stdout, process.env);
      const line: Line = (text) => out.line(text);
      const answers = process.stdin.isTTY ? await askPerson(line) : await readVariables(line);
      writeFileAtomic(ENV_FILE, withVariables(readText(ENV_FILE), answers));
      out.line(
        `${ENV_FILE} is written (${Object.keys(answers).join(', ') || 'nothing to set'}); next: npx signalman up`,
      );
    });

async function askPerson(line: Line): Promise<Record<string, string>> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await collect({
      line,
      async ask({ text, variable }) {
        const before = process.env[variable];
        const kept = before === undefined ? '' : ' [as it is]';
        return (await terminal.question(`${text}${kept}\n> `)).trim() || (before ?? '');
      },
      onProblem: line,
    });
  } finally {
    terminal.close();
  }
}

/** @throws {CliError} for a value that cannot be used. */
const readVariables = (line: Line): Promise<Record<string, string>> =>
  collect({
    line,
    ask: async ({ variable }) => process.env[variable] ?? '',
    onProblem(text) {
      throw new CliError(text);
    },
  });

interface Talk {
  line: Line;
  /** Returns an answer to a question; empty for none. */
  ask: (question: Question) => Promise<string>;
  /** Hears of an answer that cannot be used; when it returns, the question is asked again. */
  onProblem: Line;
}

async function collect(talk: Talk): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const question of QUESTIONS) {
    const answer = await usableAnswer(question, talk);
    if (answer !== '') answers[question.variable] = answer;
  }
  return answers;
}

async function usableAnswer(question: Question, { line, ask, onProblem }: Talk): Promise<string> {
  for (;;) {
    const answer = await ask(question);
    const problem = answer === '' ? null : await findProblem(question, answer, line);
    if (problem === null) return answer;
    onProblem(`${question.variable} cannot be used: ${problem}`);
  }
}

/** Returns why an answer cannot be used; null when it can. */
async function findProblem(
  { variable, check }: Question,
  answer: string,
  line: Line,
): Promise<string | null> {
  try {
    const system = findSystem({ ...process.env, [variable]: answer });
    const { status, detail, remedy } = await check({ ...system, run: undefined });
    if (status === 'broken') return remedy === null ? detail : `${detail} (${remedy})`;
    line(`${variable}: ${detail}`);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ problem }) => problem).join('; ');
  }
}

const readText = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
