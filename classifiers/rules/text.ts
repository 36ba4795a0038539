/** Characters of a message that are read: posts are shorter, and a longer text is not a call. */
export const MAX_TEXT_LENGTH = 4_000;

const LINKS = /(?:https?:\/\/|www\.)\S{1,2000}/giu;
/** Spaces that people and programs put between groups of three digits. */
const GROUP_SPACES = /(?<=\d)(?:[\u00A0\u2009\u202F](?=\d{3}(?!\d))| (?=000(?!\d)))/gu;
/** A digit in a key: one alone numbers a line, several in a row are a number. */
const TIMES_KEYCAP = /([0-9])\uFE0F?\u20E3(?=\s?[xX](?![\p{L}]))/gu;
const KEYCAPS = /(?:[0-9#*]\uFE0F?\u20E3)+/gu;
const CHECK_MARKS = /[\u2705\u2714\u2611]\uFE0F?/gu;
/** Signs that stand for a word right before a number. */
const STOP_SIGNS = /[\u274C\u26D4\u{1F6D1}\u{1F6AB}]\uFE0F?\s*[:=-]?\s*(?=[$\d])/gu;
const ENTRY_SIGNS = /\u{1F4B0}\uFE0F?\s*[:=-]?\s*(?=[$\d])/gu;
const TARGET_SIGNS = /[\u{1F3AF}\u{1F3C1}]\uFE0F?\s*[:=-]?\s*(?=[$\d])/gu;
/** A check mark right in front of a price is a target that is still to come. */
const TARGET_CHECKS = /[\u2705\u2714\u2611]\uFE0F?(?=\$?\d[\d.,]*(?![\d.,]*\s?[%R]))/gu;
const DIGITS = /\p{Nd}/u;

/** The sign that check marks become: behind a target it says that the target was reached. */
export const CHECK = '\u2713';

/**
 * Returns the text as plain characters: compatibility forms folded; digits of every script, keycap digits, dashes,
 * quotes, bullets and crosses made ASCII; invisible characters and links taken out; emojis become spaces.
 */
export function plainText(text: string): string {
  return text
    .slice(0, MAX_TEXT_LENGTH)
    .toWellFormed()
    .replace(LINKS, ' ')
    .replace(GROUP_SPACES, '')
    .replace(TIMES_KEYCAP, '$1')
    .replace(KEYCAPS, fromKeycaps)
    .replace(STOP_SIGNS, ' stop ')
    .replace(TARGET_SIGNS, ' target ')
    .replace(ENTRY_SIGNS, ' entry ')
    .replace(TARGET_CHECKS, ' target ')
    .replace(CHECK_MARKS, ` ${CHECK} `)
    .replace(/[\u060C\u3001\uFF0C]/gu, ', ')
    .replace(/(?<=\d[kK]?\s*)[\u2794\u2798-\u27BE](?=\uFE0F?\s*\$?\d)/gu, ' \u2192 ')
    .replace(/(?<=\d)\u30FB(?=\d)/gu, ', ')
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Mn}\uFE0F]/gu, '')
    .replace(/\r\n?|[\u2028\u2029\v\f]/gu, '\n')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\u2018\u2019\u02BC`\u00B4]/gu, "'")
    .replace(/[-=]>|[\u2192\u27A1\u21D2]/gu, ' \u2192 ')
    .replace(
      /[\u2190\u2191\u2193-\u21D1\u21D3-\u21FF\u2794-\u27A0\u27A2-\u27BE\u25B6\u25BA\u00BB\u203A]/gu,
      ' ',
    )
    .replace(
      /[\u2022\u25CF\u25CB\u25AA\u25AB\u25E6\u2023\u2219\u00B7\u25A0\u25A1\u25C6\u25C7\u2605\u2606]/gu,
      ' * ',
    )
    .replace(/\u061F/gu, '?')
    .replace(/\u066B/gu, '.')
    .replace(/\u066C/gu, ',')
    .replace(/[\u3002\uFF61]/gu, '. ')
    .replace(/[\u00D7\u2715]/gu, 'x')
    .replace(/\p{Nd}/gu, toAsciiDigit)
    .replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/gu, ' ')
    .slice(0, MAX_TEXT_LENGTH);
}

/** `1️⃣` becomes `1)`, `6️⃣5️⃣` becomes `65`. */
function fromKeycaps(keys: string): string {
  const digits = keys.replaceAll(/[\uFE0F\u20E3]/gu, '');
  return digits.length === 1 && /\d/u.test(digits) ? ` ${digits}) ` : digits;
}

/** Unicode keeps the ten digits of a script together and in order, so counting back to the first tells which. */
function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let before = 0;
  while (before < 100 && DIGITS.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}
