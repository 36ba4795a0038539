import { ConfigError } from '#config/config-error.ts';
import { findSystem } from '../find-api.ts';
import type { Answers, Question } from './questions.ts';

/** How `setup` speaks with whoever gives the answers. */
export interface Talk {
  env: NodeJS.ProcessEnv;
  line: (text: string) => void;
  /** Returns an answer to a question; empty for none. */
  ask: (question: Question, answers: Answers) => Promise<string>;
  /** Hears of an answer that cannot be used; when it returns, the question is asked again. */
  onProblem: (text: string) => void;
}

/** Asks every question in turn and returns the answers that can be used, by their variables. */
export async function collectAnswers(questions: readonly Question[], talk: Talk): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const question of questions) {
    const answer = await usableAnswer(question, answers, talk);
    if (answer !== '') answers[question.variable] = answer;
  }
  return answers;
}

async function usableAnswer(question: Question, answers: Answers, talk: Talk): Promise<string> {
  for (;;) {
    const answer = await talk.ask(question, answers);
    const problem =
      answer === '' ? null : await findProblem(question, { ...answers, [question.variable]: answer }, talk);
    if (problem === null) return answer;
    talk.onProblem(`${question.variable} cannot be used: ${problem}`);
  }
}

/** Returns why the last of the answers cannot be used; null when it can. */
async function findProblem(
  { variable, check }: Question,
  answers: Answers,
  { env, line }: Talk,
): Promise<string | null> {
  try {
    const system = findSystem({ ...env, ...answers });
    const { status, detail, remedy } = await check({ ...system, run: undefined, start: undefined });
    if (status === 'broken') return remedy === null ? detail : `${detail}; ${remedy}`;
    line(`${variable}: ${detail}`);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems
      .map(({ variable: name, problem }) => (name === variable ? problem : `${name} ${problem}`))
      .join('; ');
  }
}
