import { checkClassifier } from '../doctor/model.ts';
import { ok } from '../doctor/finding.ts';
import type { Answers, Question } from './questions.ts';

const usesModel = ({ CLASSIFIER }: Answers): boolean => CLASSIFIER !== undefined && CLASSIFIER !== 'rules';

/** Questions about who reads posts. The key comes last, so that the model is tried with everything else in place. */
export const MODEL_QUESTIONS: readonly Question[] = [
  {
    variable: 'CLASSIFIER',
    text: 'who reads posts: rules, openai (a language model) or both (nothing: rules)',
    check: async ({ environment }) => ok('classifier', environment.CLASSIFIER ?? 'rules'),
  },
  {
    variable: 'OPENAI_BASE_URL',
    text: "language model: address of a compatible server (nothing: OpenAI's)",
    isAsked: usesModel,
    check: async ({ environment }) => ok('address', environment.OPENAI_BASE_URL ?? ''),
  },
  {
    variable: 'OPENAI_MODEL',
    text: 'language model: its name (nothing: gpt-5-mini)',
    isAsked: usesModel,
    check: async ({ environment }) => ok('model', environment.OPENAI_MODEL ?? ''),
  },
  {
    variable: 'OPENAI_API_KEY',
    text: 'language model: the API key (nothing: for a server of your own that needs none)',
    isAsked: usesModel,
    otherwise: ({ OPENAI_BASE_URL }) => (OPENAI_BASE_URL === undefined ? '' : 'none'),
    check: checkClassifier,
  },
];
