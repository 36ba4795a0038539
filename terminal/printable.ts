/**
 * Characters that a terminal obeys instead of showing, those that turn the direction of text, and those without width:
 * what a stranger wrote must look like what it is.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Returns a text on one line, with every character that cannot be seen written as its number: `⟨U+200B⟩`. */
export const printable = (text: string): string =>
  text.replaceAll(/\r\n|[\n\t]/g, ' ').replaceAll(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });

/** Returns a printable text of at most so many UTF-16 units, with an ellipsis where it was cut. */
export function excerpt(text: string, most: number): string {
  const line = printable(text).replaceAll(/ {2,}/g, ' ').trim();
  // No half of a character stays.
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
