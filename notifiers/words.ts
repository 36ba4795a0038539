import type { Message, Notice } from './notifier.ts';

/** Lines that a message of many notices shows; it counts the others. */
const SHOWN_LINES = 20;
const MAX_LINE = 240;

/** A message in words: a heading, and the lines under it. */
export interface Words {
  heading: string;
  lines: string[];
}

/** Returns a message in plain words. Many notices are counted by kind, and the latest of them listed. */
export function toWords({ notices }: Message): Words {
  const [first] = notices;
  if (notices.length === 1) return { heading: headingOf(first), lines: [oneLine(first.text)] };
  const listed = notices.slice(-SHOWN_LINES).map((notice) => clip(lineOf(notice), MAX_LINE));
  const left = notices.length - listed.length;
  return {
    heading: `${notices.length} events: ${countsOf(notices)}`,
    lines: [...(left > 0 ? [`the last ${listed.length} of them:`] : []), ...listed],
  };
}

const headingOf = ({ severity, title }: Notice): string =>
  severity === 'alarm' ? `ALARM: ${oneLine(title)}` : oneLine(title);

const lineOf = (notice: Notice): string =>
  `${new Date(notice.at).toISOString().slice(11, 16)} ${headingOf(notice)}: ${oneLine(notice.text)}`;

function countsOf(notices: readonly Notice[]): string {
  const counts = new Map<string, number>();
  for (const { topic } of notices) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return [...counts].map(([topic, count]) => `${count} ${topic}`).join(', ');
}

/** Texts come from venues and posts too: what moves the cursor or hides itself is left out. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, '')
    .trim();

/** Returns at most `max` characters of a text, with an ellipsis where it goes on. */
export const clip = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;

/** Returns words as one text, of at most `max` characters: `escape` is run on each piece before it is measured. */
export function joinWords(
  { heading, lines }: Words,
  max: number,
  style: (heading: string) => string = (text) => text,
  escape: (text: string) => string = (text) => text,
): string {
  let text = style(escape(clip(heading, Math.min(max, 300))));
  for (const line of lines) {
    const escaped = `\n${escape(line)}`;
    if (text.length + escaped.length <= max) text += escaped;
    else return text + cutLine(line, max - text.length, escape);
  }
  return text;
}

/** Returns as much of a line as fits; nothing where that is too little to read. */
function cutLine(line: string, room: number, escape: (text: string) => string): string {
  // An escaped character takes six at most, so that what is cut fits and no escape is cut in two.
  const kept = clip(line, Math.max(0, Math.floor((room - 1) / 6)));
  return kept.length < 10 ? '' : `\n${escape(kept)}`;
}
