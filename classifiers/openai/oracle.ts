import { createHash } from 'node:crypto';
import { InOtherHands, type ModelAnswer } from '../classifier.ts';
import type { AnswerBook, Ended, KnownAnswer, Spent } from './answer-book.ts';
import { createBreaker } from './breaker.ts';
import { mostUsd, NOTHING_SPENT } from './cost.ts';
import { describeFailure } from './failure.ts';
import type { ModelClient } from './model-client.ts';
import type { ModelOptions } from './options.ts';
import { MAX_ANSWER_LENGTH, readAnswer } from './read-answer.ts';
import type { Answer } from './answer-schema.ts';
import { MAX_TRIES, tryTwice } from './try-twice.ts';

/** What the model makes of a text, or why it makes nothing of it. `record` is null when it was not asked. */
export type Oracled =
  | { ok: true; answer: Answer; record: ModelAnswer }
  | { ok: false; why: string; record: ModelAnswer | null };

export interface Oracle {
  /**
   * Returns what the model makes of a text. An identical text is asked about once, also while the first is under way.
   *
   * @throws {InOtherHands} while another process asks about it.
   */
  ask(text: string, source: string): Promise<Oracled>;
}

export interface OracleDeps {
  /** Model and prompt: answers under another name are others. */
  name: string;
  client: ModelClient;
  options: ModelOptions;
  book: AnswerBook;
  /** Hears why the model is not asked for a while. */
  onPause: (why: string) => void;
}

/** A question that has ended, with what it cost the one who asked. */
interface Outcome extends KnownAnswer {
  spent: Spent;
  latencyMs: number;
  isShared: boolean;
  /** True when nothing was sent. */
  isUnasked: boolean;
}

/** Answers that a process remembers, so that nothing is asked twice while the database is away. */
const REMEMBERED = 1_000;

export function createOracle(deps: OracleDeps): Oracle {
  const remembered = new Map<string, KnownAnswer>();
  const underWay = new Map<string, Promise<Outcome>>();
  const asker: Asker = { ...deps, breaker: createBreaker(deps.onPause), unwritten: [] };
  const remember = (key: string, { raw, failure, model, requestId }: KnownAnswer): void => {
    remembered.set(key, { raw, failure, model, requestId });
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };
  const askOnce = async (key: string, text: string, source: string): Promise<Outcome> => {
    const known = remembered.get(key);
    if (known) return shared(known);
    const running = underWay.get(key);
    if (running) return shared(await running);
    const asking = askNew(asker, { key, text, source });
    underWay.set(key, asking);
    try {
      const outcome = await asking;
      if (isLasting(outcome)) remember(key, outcome);
      return outcome;
    } finally {
      underWay.delete(key);
    }
  };
  return {
    ask: async (text, source) => toOracled(await askOnce(keyOf(deps.name, text), text, source)),
  };
}

/** Short for identical texts, whatever spaces stand between their words. */
export const keyOf = (name: string, text: string): string =>
  createHash('sha256')
    .update(`${name}\n${text.replaceAll(/\s+/gu, ' ').trim()}`)
    .digest('hex');

interface Asker extends OracleDeps {
  breaker: ReturnType<typeof createBreaker>;
  /** Ends that could not be written down yet. */
  unwritten: Ended[];
}

async function askNew(
  asker: Asker,
  { key, text, source }: { key: string; text: string; source: string },
): Promise<Outcome> {
  const { book, client, options, breaker } = asker;
  const closed = breaker.refusal();
  if (closed !== null) return unasked(closed);
  await writeDown(asker);
  const question = { key, source, reserveUsd: MAX_TRIES * mostUsd(text, options) };
  const begun = await book.begin(question);
  if (begun.status === 'known') return shared(begun.answer);
  if (begun.status === 'elsewhere') throw new InOtherHands('another process asks about this text');
  if (begun.status === 'over_budget') return unasked(`over_budget: ${begun.why}`);
  const startedAt = performance.now();
  const { reply, spent } = await tryTwice(client, text, options);
  const latencyMs = Math.round(performance.now() - startedAt);
  breaker.note(reply.failure);
  const { failure, model, requestId } = reply;
  const answer = {
    raw: reply.raw?.slice(0, MAX_ANSWER_LENGTH).toWellFormed() ?? null,
    failure,
    model,
    requestId,
  };
  const outcome = { ...answer, spent, latencyMs, isShared: false, isUnasked: false };
  asker.unwritten.push({
    ...question,
    claim: begun.claim,
    spent,
    answer: isLasting(outcome) ? answer : null,
  });
  await writeDown(asker);
  return outcome;
}

/** Most ends that wait for the database; older ones are given up, and their money stays set aside. */
const MAX_UNWRITTEN = 1_000;

/**
 * Writes down how questions ended, as far as the database takes it. One that it does not take goes behind the others, and
 * waits for the next time. Never rejects.
 */
async function writeDown({ book, unwritten }: Asker): Promise<void> {
  unwritten.splice(0, unwritten.length - MAX_UNWRITTEN);
  for (let [ended] = unwritten; ended; [ended] = unwritten) {
    const isWritten = await book.finish(ended).then(
      () => true,
      () => false,
    );
    const at = unwritten.indexOf(ended);
    if (at >= 0) unwritten.splice(at, 1);
    if (isWritten) continue;
    if (at >= 0) unwritten.push(ended);
    return;
  }
}

/** Whether the next identical text would end alike. */
const isLasting = ({ failure, isUnasked }: Outcome): boolean =>
  !isUnasked && failure?.kind !== 'unavailable' && failure?.kind !== 'misconfigured';

const unasked = (why: string): Outcome => ({
  raw: null,
  failure: { kind: 'unavailable', detail: why },
  model: null,
  requestId: null,
  spent: NOTHING_SPENT,
  latencyMs: 0,
  isShared: false,
  isUnasked: true,
});

const shared = (answer: KnownAnswer & Partial<Outcome>): Outcome => ({
  isUnasked: false,
  ...answer,
  spent: NOTHING_SPENT,
  latencyMs: 0,
  isShared: true,
});

function toOracled(outcome: Outcome): Oracled {
  const { raw, failure, isUnasked } = outcome;
  if (isUnasked) return { ok: false, why: failure?.detail ?? '', record: null };
  const record = toRecord(outcome);
  if (failure) return { ok: false, why: describeFailure(failure), record };
  const read = readAnswer(raw ?? '');
  return read.ok
    ? { ok: true, answer: read.answer, record }
    : { ok: false, why: describeFailure(read.failure), record };
}

const toRecord = ({ raw, model, requestId, spent, latencyMs, isShared }: Outcome): ModelAnswer => ({
  raw,
  model,
  requestId,
  inputTokens: isShared || spent.inputTokens === 0 ? null : spent.inputTokens,
  outputTokens: isShared || spent.inputTokens === 0 ? null : spent.outputTokens,
  costUsd: spent.usd,
  latencyMs,
  isShared,
});
