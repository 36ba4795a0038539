import { withoutTags } from '#domain/html-tags.ts';
import { MAX_TEXT_LENGTH } from '../rules/text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/** A text as a model is given it, and notes on what was done to it. */
export interface CleanText {
  text: string;
  notes: string[];
}

/**
 * Returns a text without what a reader does not see: invisible and control characters, HTML, and what lies beyond 4,000
 * characters. Entities are decoded once; compatibility forms are folded.
 */
export function cleanText(written: string): CleanText {
  const whole = written.toWellFormed();
  const capped = whole.slice(0, MAX_TEXT_LENGTH).toWellFormed();
  const seen = capped.replace(HIDDEN, '');
  const text = withoutTags(seen, ' ')
    .replace(/&(?:lt|gt|quot|apos|#39|nbsp|amp);/gu, (entity) => ENTITIES[entity] ?? entity)
    .normalize('NFKC')
    .replace(/\r\n?|[\u2028\u2029\v\f]/gu, '\n')
    .trim()
    .slice(0, MAX_TEXT_LENGTH);
  const notes = [
    whole.length > capped.length ? `only the first ${MAX_TEXT_LENGTH} characters were read` : '',
    HIDDEN_TELLING.test(capped) ? 'invisible characters were taken out' : '',
  ].filter(Boolean);
  return { text, notes };
}

/** Format characters (zero-width, bidirectional, tags), variation selectors and control characters but line breaks. */
const HIDDEN = /\p{Cf}|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]|(?![\t\n\r\v\f])\p{Cc}/gu;
/** Those that emojis do not bring along. */
const HIDDEN_TELLING = /(?![\u200D])\p{Cf}|(?![\t\n\r\v\f])\p{Cc}/u;
