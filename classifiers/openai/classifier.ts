import type { ClassifiedMessage, Classifier, MessageKind, MessageToClassify } from '../classifier.ts';
import { classifyText, RULES_NAME } from '../rules/classifier.ts';
import { confirm } from './confirm.ts';
import { withDenials } from './denials.ts';
import { cleanText } from './clean-text.ts';
import { openBook, type AnswerBook } from './answer-book.ts';
import { createModelClient, type ModelClient } from './model-client.ts';
import type { ModelOptions } from './options.ts';
import { createOracle, type Oracle } from './oracle.ts';
import { toPost } from './post.ts';
import { PROMPT_VERSION } from './prompt.ts';
import { toClassified } from './to-classified.ts';

/** `openai`: the model reads, and code holds it to the text. `both`: the model has to confirm what the rules read. */
export type ModelMode = 'openai' | 'both';

export interface ModelClassifierOptions {
  mode: ModelMode;
  model: ModelOptions;
  /** Where questions and their cost are counted; a book without a budget when not given. */
  book?: AnswerBook;
  /** Asks the model; over HTTP when not given. */
  client?: ModelClient;
  /** Hears why the model is not asked for a while. */
  onPause?: (why: string) => void;
}

/**
 * Returns a classifier that asks a language model. Where the model gives no reading, the rules decide, and the result says
 * so with the reason.
 */
export function createModelClassifier({
  mode,
  model,
  book,
  client,
  onPause,
}: ModelClassifierOptions): Classifier {
  const version = modelVersion(model.model);
  const oracle = createOracle({
    name: version,
    client: client ?? createModelClient(model),
    options: model,
    book: book ?? openBook,
    onPause: onPause ?? (() => undefined),
  });
  return {
    name: `${mode}/${version}+${RULES_NAME}`,
    classify: (message) => classify(oracle, mode, message),
  };
}

/** Name of a model together with the prompt: its answers hold for no other. */
export const modelVersion = (model: string): string => `${model}/${PROMPT_VERSION}`;

async function classify(
  oracle: Oracle,
  mode: ModelMode,
  message: MessageToClassify,
): Promise<ClassifiedMessage> {
  const { text: written, prices = new Map(), source = '' } = message;
  const rules = classifyText(written, prices);
  const { text, notes } = cleanText(written);
  const unasked = reasonNotToAsk(mode, text, rules);
  if (unasked !== null) return { ...rules, decision: { by: 'rules', why: unasked } };
  const oracled = await oracle.ask(text, source);
  const answer = oracled.record ? { answer: oracled.record } : {};
  if (!oracled.ok) return { ...rules, ...answer, decision: { by: 'rules', why: oracled.why } };
  const read = toClassified(oracled.answer, toPost(text, rules, prices));
  const result = mode === 'both' ? confirm(rules, read, prices) : byModel(rules, read);
  return { ...result, ...answer, reasons: [...result.reasons, ...notes] };
}

/** The call of the model. Of a text without one the rules say the kind, since they alone read what it tells of open trades. */
function byModel(rules: ClassifiedMessage, read: ClassifiedMessage): ClassifiedMessage {
  const decision = { by: 'openai', why: null } as const;
  if (read.label === 'call') return { ...rules, ...withDenials(rules, read), decision };
  const kind = rules.label === 'call' ? 'contradiction' : (rules.kind ?? null);
  return {
    ...rules,
    ...read,
    kind,
    reasons: [`the model reads ${read.kind ?? read.label}`, ...read.reasons],
    decision,
  };
}

/**
 * Kinds that the rules alone read: what a text says about a trade that exists may close it, and a call that waits for a price
 * may be held until it comes.
 */
const OF_RULES: readonly MessageKind[] = ['close', 'cancel', 'update', 'result', 'conditional'];

/** Keys of an answer, and the marks around a post: nobody but an attacker writes them. */
const IMITATIONS = /"(?:label|kind|ideas|symbolQuote|sideQuote|reasons)"\s*:|<<<\s*POST|POST\s+\w*\s*>>>/iu;

function reasonNotToAsk(
  mode: ModelMode,
  text: string,
  { kind, label, ideas }: ClassifiedMessage,
): string | null {
  if (text === '') return 'not asked: nothing is left of the text';
  if (kind === 'instructions' || IMITATIONS.test(text))
    return 'not asked: the text speaks to the machine that reads it';
  if (kind && OF_RULES.includes(kind)) return `not asked: the rules alone read what is ${kind}`;
  if (mode === 'openai') return null;
  if (label !== 'call') return 'not asked: the rules read no call to confirm';
  return ideas.every(({ problem }) => problem) ? 'not asked: the call is not traded as it stands' : null;
}
