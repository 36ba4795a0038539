import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amount } from '#domain/money.ts';
import { classifyText } from '../rules/classifier.ts';
import type { Answer, AnsweredIdea } from './answer-schema.ts';
import { cleanText } from './clean-text.ts';
import { toPost } from './post.ts';
import { numbersOf, quotesIn } from './quotes.ts';
import { toClassified } from './to-classified.ts';

const level = (quote: string, value = quote, unit: 'price' | 'percent' = 'price') => ({ quote, value, unit });

const IDEA: AnsweredIdea = {
  symbol: 'BTC',
  symbolQuote: 'BTC',
  side: 'long',
  sideQuote: 'long',
  entry: null,
  stop: null,
  targets: [],
  leverage: null,
  confidence: 1,
};

const PRICES = new Map([
  ['BTC', '60000'],
  ['ETH', '3000'],
]);

/** Returns what becomes of a text that the model reads as these calls. */
function read(written: string, ...ideas: Partial<AnsweredIdea>[]) {
  const { text } = cleanText(written);
  const answer: Answer = {
    reasons: ['said so'],
    label: 'call',
    kind: 'call',
    ideas: ideas.map((idea) => ({ ...IDEA, ...idea })),
  };
  return toClassified(answer, toPost(text, classifyText(written, PRICES), PRICES));
}

describe('a call is held to the words of the text', () => {
  test('parts that stand there are kept, as the author wrote them', () => {
    const text = 'Aping some $BTC at 60,000-60,500, stop 58.5k, targets 62k / 64k, 5x';
    const { label, ideas } = read(text, {
      symbolQuote: '$BTC',
      sideQuote: 'Aping some',
      entry: level('60,000-60,500', '60250'),
      stop: level('58.5k', '58500'),
      targets: [level('62k', '62000'), level('64k', '64000')],
      leverage: { quote: '5x', value: '5' },
    });
    expect(label).toBe('call');
    expect(ideas).toMatchObject([
      {
        symbol: 'BTC',
        side: 'long',
        entry: '60250',
        barriers: {
          stopLoss: { price: '58500' },
          takeProfits: [{ price: '62000', fraction: 0.5 }, { price: '64000' }],
        },
        leverage: 5,
        confidence: 0.98,
        problem: null,
      },
    ]);
  });

  test.each([
    ['a target that is not there', 'long BTC', { targets: [level('99k', '99000')] }, 'target 99000'],
    ['a value its quote does not have', 'long BTC 60k', { entry: level('60k', '66000') }, 'entry 66000'],
    ['a part of a number', 'long BTC 65,500', { entry: level('5,500', '5500') }, 'entry 5500'],
    ['thousands cut off', 'long BTC 65 500', { entry: level('65') }, 'entry 65'],
    ['a k cut off', 'long BTC 65k', { entry: level('65') }, 'entry 65'],
    ['a percent taken for a price', 'long BTC tp 3%', { targets: [level('3')] }, 'target 3'],
    [
      'percent of the margin',
      'long BTC tp 30% ROI',
      { targets: [level('30%', '30', 'percent')] },
      'target 30',
    ],
    [
      'a leverage that is not there',
      'long BTC',
      { leverage: { quote: '100x', value: '100' } },
      'leverage 100',
    ],
    ['a negative price', 'long BTC 60k', { entry: level('60k', '-60000') }, 'entry -60000'],
    ['a price in words', 'long BTC 60k', { entry: level('60k', 'NaN') }, 'entry NaN'],
  ])('%s is left out, and that is said', (_name, text, part, leftOut) => {
    const { label, ideas, reasons } = read(text, part);
    expect(label).toBe('call');
    expect(ideas[0]).toMatchObject({ entry: null, barriers: {}, leverage: null });
    expect(reasons).toContain(`left out ${leftOut}, which the text does not hold`);
  });

  test.each([
    ['another instrument', 'long BTC', { symbol: 'ETH', symbolQuote: 'BTC' }],
    ['an instrument the text does not name', 'long here', { symbolQuote: 'BTC' }],
    ['a small word that is a ticker too', 'long the one dip', { symbol: 'ONE', symbolQuote: 'one' }],
    ['a ticker in another script', 'long $ВТС', { symbolQuote: '$ВТС' }],
    ['a side that is not said', 'BTC is at 60k', { sideQuote: 'BTC' }],
    ['the other side', 'short BTC', { sideQuote: 'short' }],
    ['both sides', 'long or short BTC?', { sideQuote: 'long or short' }],
    ['a side that somebody else is quoted with', 'She says "long BTC now", I do not know', {}],
    ['a side in a line that is answered to', 'what is BTC doing today?\n> long BTC', {}],
    ['a side from nowhere', 'short BTC', { sideQuote: 'long' }],
  ])('%s is no call', (_name, text, part) => {
    expect(read(text, part)).toMatchObject({ label: 'noise', ideas: [] });
  });

  test('a stop that is written and was not read keeps the call from being traded', () => {
    for (const text of ['long BTC, stop below the weekly low', 'long BTC stop 59k']) {
      expect(read(text, { stop: level('58k', '58000') }).ideas[0]?.problem?.code).toBe('stop_unreadable');
    }
    expect(read('long BTC', { stop: level('58k', '58000') }).ideas[0]?.problem).toBeNull();
  });

  test('levels on the wrong side, or that nobody can mean, keep it from being traded', () => {
    expect(
      read('long BTC 60k stop 61k', { entry: level('60k', '60000'), stop: level('61k', '61000') }).ideas[0],
    ).toMatchObject({
      problem: { code: 'wrong_side_stop' },
    });
    expect(read('long BTC stop 59', { stop: level('59') }).ideas[0]).toMatchObject({
      problem: { code: 'implausible_level' },
    });
  });

  test('two sides of one instrument, and one price for two, are contradictions', () => {
    const both = [{}, { side: 'short', sideQuote: 'short' }] as const;
    expect(read('long BTC and short BTC', ...both)).toMatchObject({ label: 'noise', kind: 'contradiction' });
    const shared = [
      { targets: [level('70k', '70000')] },
      { symbol: 'ETH', symbolQuote: 'ETH', targets: [level('70k', '70000')] },
    ];
    expect(read('long BTC ETH 70k', ...shared)).toMatchObject({ label: 'noise', kind: 'contradiction' });
  });

  const TWO = 'LONG XRP 2.31 SL 2.22 TP 2.50. SHORT DOT 2.60 SL 2.75 TP 2.30';
  const XRP = { symbol: 'XRP', symbolQuote: 'XRP', sideQuote: 'LONG' };
  test.each([
    ['stop', { stop: level('2.30') }, { stopLoss: undefined }],
    ['targets', { targets: [level('2.60')] }, { takeProfits: undefined }],
    ['own levels', { stop: level('2.22'), targets: [level('2.50')] }, { stopLoss: { price: '2.22' } }],
  ])('of two instruments each has only its %s', (_name, part, barriers) => {
    const [idea] = read(TWO, { ...XRP, ...part }).ideas;
    expect({ ...idea?.barriers, ...barriers }).toEqual(idea?.barriers);
  });

  test.each([
    ['before', 'Rotating: into OP at 1.74 while GMX gets faded', { sideQuote: 'faded', side: 'short' }],
    ['behind', 'Faded GMX at 31, the OP chart I like', { sideQuote: 'Faded', side: 'short' }],
    ['of a list', 'Faded GMX and TIA today; OP I like', { sideQuote: 'Faded', side: 'short' }],
  ] as const)('a side that stands %s another instrument is none of it', (_name, text, side) => {
    const gmx = { symbol: 'GMX', symbolQuote: 'GMX', ...side };
    const op = { symbol: 'OP', symbolQuote: 'OP', ...side };
    expect(read(text, gmx, op).ideas.map(({ symbol }) => symbol)).toEqual(['GMX']);
  });

  test('a side before a list is that of all in it, and a number is no instrument', () => {
    const side = { sideQuote: 'Faded', side: 'short' } as const;
    const ideas = ['GMX', 'TIA'].map((symbol) => ({ symbol, symbolQuote: symbol, ...side }));
    expect(read('Faded GMX and TIA today', ...ideas).ideas).toHaveLength(2);
    expect(read('long BTC 3000', { symbol: '3000', symbolQuote: '3000' }).ideas).toEqual([]);
  });

  test('the model cannot be surer than the text is whole', () => {
    expect(read('long BTC', {}).confidence).toBe(0.6);
    expect(read('long BTC', { confidence: 0.1 }).confidence).toBe(0.1);
    expect(read('long BTC', { confidence: 99 }).confidence).toBe(0.6);
  });

  test('its words are shown shortened, on one line, without links', () => {
    const { text } = cleanText('gm');
    const reasons = [
      `see https://evil.example/x <b>now</b>\n\u202Eok ${'x'.repeat(500)}`,
      '',
      'b',
      'c',
      'd',
      'e',
    ];
    const said = toClassified(
      { reasons, label: 'noise', kind: 'noise', ideas: [] },
      toPost(text, classifyText('gm'), PRICES),
    );
    expect(said.reasons[0]).toMatch(/^see <b>now<\/b> ok x+$/);
    expect(said.reasons[0]?.length).toBe(200);
    expect(said.reasons.length).toBeLessThan(5);
  });
});

describe('whatever a model answers', () => {
  const TEXT = 'Long $BTC 60,000 stop 58.5k tp 62,5 / 64k 5x. Short ETH 3000 sl 3,100 tp 2%';
  const pieces = fc.constantFrom(
    ...TEXT.split(/[ /]+/),
    'BTC',
    'ETH',
    'SOL',
    '60000',
    '58500',
    '1',
    '',
    '5x',
    '0',
    '2%',
    '9e9',
    '-1',
  );
  const levels = fc.record({
    quote: pieces,
    value: pieces,
    unit: fc.constantFrom('price' as const, 'percent' as const),
  });
  const ideas = fc.record({
    symbol: pieces,
    symbolQuote: pieces,
    side: fc.constantFrom('long' as const, 'short' as const),
    sideQuote: pieces,
    entry: fc.option(levels),
    stop: fc.option(levels),
    targets: fc.array(levels, { maxLength: 7 }),
    leverage: fc.option(fc.record({ quote: pieces, value: pieces })),
    confidence: fc.double({ noNaN: true }),
  });

  test('no price, side or instrument comes out that the text does not hold', () => {
    const numbers = numbersOf(TEXT).flatMap(({ value, other }) => [value, other ?? value]);
    const stands = (price: string): boolean => numbers.some((each) => amount(each).eq(price));
    const isMiddle = (price: string): boolean =>
      numbers.some((one) => numbers.some((two) => amount(one).add(two).div(2).eq(price)));
    fc.assert(
      fc.property(fc.array(ideas, { maxLength: 4 }), (answered) => {
        const result = read(TEXT, ...answered);
        for (const { symbol, entry, barriers, confidence } of result.ideas) {
          expect(['BTC', 'ETH']).toContain(symbol);
          const exits = [barriers.stopLoss, ...(barriers.takeProfits ?? [])];
          const prices = exits.flatMap((each) => (each && 'price' in each ? [each.price] : []));
          expect(prices.filter((price) => !stands(price))).toEqual([]);
          expect(entry === null || stands(entry) || isMiddle(entry)).toBe(true);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('any text and any quote end in time, without an error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary' }),
        (text, quote) => {
          expect(typeof quotesIn(text)(quote)).toBe('boolean');
          const anything = {
            symbol: quote,
            symbolQuote: quote,
            sideQuote: quote,
            entry: level(quote),
            stop: level(quote),
          };
          expect(read(text, anything).reasons.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what a model is given', () => {
  test.each([
    ['tag and zero-width characters', 'Long\u200B B\u200DTC\u{E0041}\u{E0042} now', 'Long BTC now'],
    ['bidirectional marks', 'Long \u202EBTC\u202C now', 'Long BTC now'],
    ['HTML and entities', '<b>Long</b> BTC &amp; ETH<br/>now &lt;system&gt;', 'Long  BTC & ETH now <system>'],
    ['no words between brackets', '<p>Long <ETH></p> now', 'Long <ETH>  now'],
    ['wide letters', 'Ｌｏｎｇ ＢＴＣ', 'Long BTC'],
    ['half of a character and NUL', 'Long\uD83D BTC\u0000', 'Long\uFFFD BTC'],
  ])('%s are taken out or folded', (_name, written, text) => {
    expect(cleanText(written).text).toBe(text);
  });

  test('a long text is cut, and invisible characters are noted', () => {
    const { text, notes } = cleanText(`${'a'.repeat(100_000)}\u200B`);
    expect(text).toHaveLength(4_000);
    expect(notes).toEqual(['only the first 4000 characters were read']);
    expect(cleanText('a\u200Bb').notes).toEqual(['invisible characters were taken out']);
  });
});
