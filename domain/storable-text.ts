/** NUL, and half of a pair that stands for one character. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** Whether the books can hold a text: PostgreSQL takes neither NUL nor halves of characters. */
export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);
