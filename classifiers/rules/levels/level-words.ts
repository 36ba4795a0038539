import type { Token } from '../tokens.ts';
import type { LevelRole } from './level.ts';

/** Returns the words of a text, parted by spaces. */
export const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const KEYWORDS: readonly (readonly [ReadonlySet<string>, LevelRole | 'other'])[] = [
  [set('trail trailing tsl trailed'), 'trail'],
  [set('stop stops stoploss sl invalidation invalid invalidated'), 'stop'],
  [
    set(
      'tp tps target targets targeting tgt tgts profit profits takeprofit goal goals pt tg objective objectives exits reward aiming traget tragets taget',
    ),
    'target',
  ],
  [set('entry entries enter entering entered ep zone filled limit avg cmp price px ref reference'), 'entry'],
  [set('lev leverage leveraged cross isolated iso'), 'leverage'],
  // Numbers behind these words are no levels of the trade.
  [
    set(
      'risk rr reward size margin balance capital portfolio amount volume rsi ema sma ma atr support resistance success ' +
        'accuracy confidence dca liq liquidation id signal period duration fee fees funding dominance mcap supply timeframe tf',
    ),
    'other',
  ],
];

export const NUMBERED_TARGET = /^(?:tp|t|target|pt|tg)[1-9]$/u;

export const NUMBERED_ENTRY = /^(?:entry|e)[1-9]$/u;

/** Behind a keyword these belong to it: `entry targets`, `stop orders`, `target price`. */
export const MODIFIERS = set(
  'limit market target targets order orders price prices level levels zone area region point points range loss stop tp profit',
);

export const FILLERS = set(
  'at is to of around near below under above over my the a on for by with approx approximately loss price here now market ' +
    'in and between from first second third fourth fifth final last set hard tight level levels zone area is are will be ' +
    'take about usdt usd usdc value placed currently between long short term only mental initial our your it goes just buy buys sell sells this time same as before new previous position trade rn b c d ' +
    'current crude oil scalp swing setup exactly ca roughly roi order orders range region',
);

export const FILLER_MARKS = set('@ : = ~ > < ( ) - / & | , + * \' [ ] ≈ # · _ . " →');

/** Marks across which a list of prices or the two ends of a zone go on. */
export const LIST_WORDS = set(
  '- / & | , and to + then * ( ) : ~ or first second third fourth fifth final last next close exit rest remaining more of position roi roe pnl n b c d →',
);

/** Whether a word names a level of a trade. */
export const isLevelWord = (word: string): boolean =>
  NUMBERED_TARGET.test(word) || NUMBERED_ENTRY.test(word) || KEYWORDS.some(([words]) => words.has(word));

/** Returns the role of the number behind a token; null where the token names none. */
export function roleOf({ kind, lower }: Token): LevelRole | 'other' | null {
  if (kind !== 'word') return null;
  if (NUMBERED_TARGET.test(lower)) return 'target';
  if (NUMBERED_ENTRY.test(lower)) return 'entry';
  if (/^sl[1-9]$/u.test(lower)) return 'stop';
  return KEYWORDS.find(([words]) => words.has(lower))?.[1] ?? null;
}

/** Whether a token may stand between a name and its number. */
export const isFiller = ({ kind, lower, text }: Token): boolean =>
  kind === 'mark' ? FILLER_MARKS.has(text) : FILLERS.has(lower);
