import type { Symbol } from '#domain/ids.ts';
import type { Cue } from './sides.ts';
import type { Mention } from './symbols.ts';
import type { Token } from './tokens.ts';

/** A side and the instruments it is taken in. */
export interface Group {
  cue: Cue;
  mentions: Mention[];
  /** Index of its first token: levels that follow belong to it, up to the next group. */
  start: number;
}

/** How far from its side an instrument may stand in the same clause. */
const REACH = 6;
const LIST_MARKS = new Set([',', '/', '&', '+', 'and', 'plus', 'or']);
const CROSSABLE = new Set([':', '-', '(', ')', '|', '/', '.', "'"]);

/** Binds every side to its instruments; a side without any in the whole message is left out. */
export function bindCues(
  tokens: readonly Token[],
  cues: readonly Cue[],
  mentions: readonly Mention[],
): Group[] {
  const bound = new Set<Mention>();
  const groups: Group[] = [];
  for (const cue of cues) {
    const own = bindCue({ tokens, cue, cues, mentions, bound });
    if (own.length === 0) continue;
    const near = own
      .filter((mention) => !bound.has(mention))
      .filter(({ at }) => tokens[at]?.sentence === tokens[cue.at]?.sentence);
    if (cue.kind === 'call') for (const mention of own) bound.add(mention);
    groups.push({ cue, mentions: own, start: Math.min(cue.at, ...near.map(({ at }) => at)) });
  }
  return groups.sort((a, b) => a.start - b.start);
}

function bindCue(binding: Binding): Mention[] {
  const self = binding.mentions.find(({ at }) => at === binding.cue.at);
  if (self) return [self];
  const beside = immediatelyBefore(binding);
  if (beside.length > 0) return beside;
  const forward = listAfter(binding);
  if (forward.length > 0) return forward;
  return sameSentence(binding) ?? elsewhere(binding);
}

/** A side, and everything of its message that it may be bound to. */
interface Binding {
  tokens: readonly Token[];
  cue: Cue;
  cues: readonly Cue[];
  mentions: readonly Mention[];
  bound: ReadonlySet<Mention>;
}

/** `BTC long`, `BTC, ETH and SOL: short`. */
function immediatelyBefore({ tokens, cue, mentions, bound }: Binding): Mention[] {
  const list: Mention[] = [];
  let at = cue.at - 1;
  while (at >= 0 && CROSSABLE.has(tokens[at]?.text ?? '')) at -= 1;
  for (;;) {
    const mention = mentions.find((each) => each.at === at);
    if (!mention || bound.has(mention)) return list;
    list.unshift(mention);
    at -= 1;
    while (at >= 0 && LIST_MARKS.has(tokens[at]?.lower ?? '')) at -= 1;
  }
}

/** `long BTC`, `buying some more ETH, SOL and HYPE`. */
function listAfter(binding: Binding): Mention[] {
  const { tokens, cue, cues, mentions, bound } = binding;
  const first = mentions.find(({ at }) => at > cue.at && at <= cue.at + REACH && isOpenWay(binding, at));
  if (!first || bound.has(first)) return [];
  const list = [first];
  let at = first.at + 1;
  while (LIST_MARKS.has(tokens[at]?.lower ?? '')) {
    while (LIST_MARKS.has(tokens[at]?.lower ?? '')) at += 1;
    const next = mentions.find((each) => each.at === at);
    if (!next || cues.some((each) => each.at === at + 1)) break;
    list.push(next);
    at += 1;
  }
  return list;
}

/** Whether nothing between a side and a place behind it ends the thought. */
function isOpenWay({ tokens, cue, cues }: Binding, to: number): boolean {
  const from = cue.at;
  if (tokens[from]?.sentence !== tokens[to]?.sentence) return false;
  const isClosed = tokens
    .slice(from + 1, to)
    .some(({ kind, text }) => kind === 'break' || text === ',' || text === ';');
  return !isClosed && !cues.some(({ at, kind }) => kind === 'call' && at > from && at < to);
}

/** The closest instruments named before the side in its sentence, else after it. */
function sameSentence({ tokens, cue, mentions, bound }: Binding): Mention[] | null {
  const free = mentions.filter(
    (mention) => !bound.has(mention) && tokens[mention.at]?.sentence === tokens[cue.at]?.sentence,
  );
  const before = free.filter(({ at }) => at < cue.at);
  const last = before.at(-1);
  if (last) return before.length > 1 ? trailingList(tokens, before) : [last];
  const [next] = free;
  return next ? [next] : null;
}

/** The instruments at the end of `mentions` that form one list. */
function trailingList(tokens: readonly Token[], mentions: readonly Mention[]): Mention[] {
  const list = mentions.slice(-1);
  for (const mention of mentions.slice(0, -1).toReversed()) {
    const [first] = list;
    if (!first) break;
    const between = tokens.slice(mention.at + 1, first.at);
    if (!between.every(({ lower }) => LIST_MARKS.has(lower))) break;
    list.unshift(mention);
  }
  return list;
}

/** A side on a line of its own speaks of what was named last, or else of what is named next. */
function elsewhere({ cue, mentions }: Binding): Mention[] {
  const near = mentions.findLast(({ at }) => at < cue.at) ?? mentions.find(({ at }) => at > cue.at);
  return near ? [near] : [];
}

/** Each instrument once, in order. */
export const symbolsOf = (mentions: readonly Mention[]): Symbol[] => [
  ...new Set(mentions.map(({ symbol }) => symbol)),
];
