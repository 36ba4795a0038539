import { withoutTags } from '#domain/html-tags.ts';

/** Elements whose contents nobody reads. */
const UNREAD = /<(script|style|template|head)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
/** Elements after which a reader sees a new line. */
const LINE_END = /<(?:br|hr)\b[^<>]*>|<\/(?:p|div|li|tr|h[1-6]|blockquote|pre|ul|ol|table)\s*>/gi;

/** Returns the words of a piece of HTML, its entities decoded already, as a reader sees them, line by line. Text without tags stays as it is. */
export function plainText(html: string): string {
  const text = html.replaceAll(COMMENT, '').replaceAll(UNREAD, '').replaceAll(LINE_END, '\n');
  return withoutTags(text, '')
    .replaceAll(/[^\S\n]+/gu, ' ')
    .replaceAll(/ ?\n ?/gu, '\n')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}
