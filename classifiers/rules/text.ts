/** What is read of a message: posts are shorter, and whatever is longer is not a call. */
export const MAX_TEXT_LENGTH = 4_000;

const LINKS = /(?:https?:\/\/|www\.)\S{1,2000}/giu;
/** Spaces that people and programs put between groups of three digits. */
const GROUP_SPACES = /(?<=\d)(?:[\u00A0\u2009\u202F](?=\d{3}(?!\d))| (?=000(?!\d)))/gu;
const DIGITS = /\p{Nd}/u;

/**
 * The text as plain characters: compatibility forms folded, digits of every script and all dashes, quotes and
 * crosses made ASCII; invisible characters and links taken out; emojis become spaces.
 */
export function plainText(text: string): string {
  return text
    .slice(0, MAX_TEXT_LENGTH)
    .toWellFormed()
    .replace(LINKS, ' ')
    .replace(GROUP_SPACES, '')
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Mn}\uFE0F]/gu, '')
    .replace(/\r\n?|[\u2028\u2029\v\f]/gu, '\n')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\u2018\u2019\u02BC`\u00B4]/gu, "'")
    .replace(/[\u2192\u27A1\u21D2]/gu, ' ')
    .replace(/\u00D7/gu, 'x')
    .replace(/\p{Nd}/gu, toAsciiDigit)
    .replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/gu, ' ')
    .slice(0, MAX_TEXT_LENGTH);
}

/** Unicode keeps the ten digits of a script together and in order, so counting back to the first tells which. */
function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let before = 0;
  while (before < 100 && DIGITS.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}
