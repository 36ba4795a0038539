import { classifyText } from '#classifiers/rules/classifier.ts';
import type { TradeIdea } from '#classifiers/classifier.ts';
import type { Level } from '#domain/barriers.ts';

/** A text, and what is read in it: see {@link readingOf}; then what instruments cost at the time, by symbol. */
export type Row = readonly [text: string, reading: string, now?: Readonly<Record<string, string>>];

/**
 * Returns what the rules read in a text on one line: `long BTC 65000 stop 64000 tp 67000,68000 10x`, calls parted by `; `,
 * a problem behind `!`; of a text that is no call its kind, such as `result`.
 */
export function readingOf(text: string, now: Row[2] = {}): string {
  const { label, kind, ideas } = classifyText(text, new Map(Object.entries(now)));
  return label === 'call' ? ideas.map(showIdea).join('; ') : (kind ?? label);
}

function showIdea({ side, symbol, entry, barriers, leverage, problem }: TradeIdea): string {
  const { stopLoss, takeProfits } = barriers;
  const parts = [
    side,
    symbol,
    entry,
    stopLoss && `stop ${showLevel(stopLoss)}`,
    takeProfits && `tp ${takeProfits.map(showLevel).join(',')}`,
    leverage && `${leverage}x`,
    problem && `!${problem.code}`,
  ];
  return parts.filter(Boolean).join(' ');
}

const showLevel = (level: Level): string => ('price' in level ? level.price : `${level.pct}%`);
