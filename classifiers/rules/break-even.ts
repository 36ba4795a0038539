import type { Token } from './tokens.ts';

/** A wish to move the stop to the entry once a target is reached. */
export interface WrittenBreakEven {
  at: number;
  /** 1 is the first target. */
  afterTakeProfit: number;
}

const TO_ENTRY =
  /\b(?:stop|stops|sl|stoploss|loss|move|set|raise|shift|bring|risk)\b(?: \S+){0,4}? (?:to|at) (?:the )?(?:be|b \/ e|breakeven|break even|break - even|entry)\b|\bbreak ?even (?:after|at|on|once)\b|\bbe after\b/u;
const WHICH_TARGET = /\b(?:tp|target|t) ?([1-5])\b/u;

/** Every sentence that asks for the stop to go to break-even. */
export function findBreakEvens(tokens: readonly Token[]): WrittenBreakEven[] {
  const sentences = Map.groupBy(tokens.entries(), ([, token]) => token.sentence);
  const wishes: WrittenBreakEven[] = [];
  for (const entries of sentences.values()) {
    const text = entries.map(([, { lower }]) => lower).join(' ');
    const match = TO_ENTRY.exec(text);
    const [first] = entries;
    if (!match || !first) continue;
    // The target is named around the wish: "after tp1 move stop to be", "stop to be after tp2".
    const after = WHICH_TARGET.exec(text.slice(match.index)) ?? WHICH_TARGET.exec(text);
    const at = first[0] + text.slice(0, match.index).split(' ').length - 1;
    wishes.push({ at, afterTakeProfit: Number(after?.[1] ?? 1) });
  }
  return wishes;
}
