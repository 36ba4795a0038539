/** NUL, and half of a pair that stands for one character. */
const UNSTORABLE = /[\0\p{Cs}]/gu;
/** Those as `JSON.stringify` writes them, after an even number of backslashes. */
const UNSTORABLE_IN_JSON = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/** Whether the books can hold a text: PostgreSQL takes neither NUL nor halves of characters. */
export const isStorable = (text: string): boolean => text.search(UNSTORABLE) === -1;

/**
 * Returns a text as the books can hold it: U+FFFD, the replacement character, stands where NUL or half of a character
 * was. Text that starts as JSON does is read as JSON too.
 */
export function toStorable(text: string): string {
  const plain = isStorable(text) ? text : text.replaceAll(UNSTORABLE, '\ufffd');
  const mayBeJson = plain.includes('\\u') && /^[[{"]/.test(plain);
  return mayBeJson ? plain.replaceAll(UNSTORABLE_IN_JSON, '$1\\ufffd') : plain;
}
