import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveBarriers } from '#domain/barriers.ts';
import { parseBarriers } from '#domain/parse-barriers.ts';
import type { TradeIdea } from '../classifier.ts';
import { classifyText, createRulesClassifier } from './classifier.ts';

const level = (each: { pct: number } | { price: string }): string =>
  'price' in each ? each.price : `${each.pct}%`;

/** One idea in a line: `long BTC 42000 stop 41000 tp 43000,44000 trail 1@0 be 1 5x`. */
function show({ symbol, side, entry, barriers, leverage }: TradeIdea): string {
  const { stopLoss, takeProfits, trailing, breakEven } = barriers;
  return [
    `${side} ${symbol}`,
    entry,
    stopLoss && `stop ${level(stopLoss)}`,
    takeProfits && `tp ${takeProfits.map(level).join(',')}`,
    trailing && `trail ${trailing.map((step) => `${step.distancePct}@${step.activatesAtPct}`).join(',')}`,
    breakEven && `be ${breakEven.afterTakeProfit}`,
    leverage && `${leverage}x`,
  ]
    .filter(Boolean)
    .join(' ');
}

const calls: [text: string, ...ideas: string[]][] = [
  ['Long BTC @ 42k, stop 41k, tp1 43k tp2 44k', 'long BTC 42000 stop 41000 tp 43000,44000'],
  ['LONG $ETH 2300 SL: 2,250 TP: 2400 / 2500 / 2600 5x', 'long ETH 2300 stop 2250 tp 2400,2500,2600 5x'],
  ['SHORT #SOL entry 150-155 sl 160 targets 140, 130, 120', 'short SOL 152.5 stop 160 tp 140,130,120'],
  ['buy EURUSD 1.0850 sl 1.0800 tp 1.0950', 'long EUR-USD 1.085 stop 1.08 tp 1.095'],
  ['Sell EUR/USD at 1.0850, SL 1.0900', 'short EUR-USD 1.085 stop 1.09'],
  ['SELL XAUUSD @ 2,400.50 SL 2,410 TP 2,380', 'short XAU 2400.5 stop 2410 tp 2380'],
  ['Buy gold 2400 sl 2390', 'long XAU 2400 stop 2390'],
  ['XAU long, stop 1%', 'long XAU stop 1%'],
  ['Going long kPEPE here, trail 1%, stop 3%', 'long kPEPE stop 3% trail 1@0'],
  ['1000PEPEUSDT long sl 2%', 'long kPEPE stop 2%'],
  ['BTCUSDT LONG entry 42000-42500 sl 41,000 leverage 10x', 'long BTC 42250 stop 41000 10x'],
  ['BTC/USD long', 'long BTC'],
  ['BTC-PERP short stop 2 %', 'short BTC stop 2%'],
  ['#BTC long from 42k', 'long BTC 42000'],
  [
    'Long\nBTC/USDT\nEntry: 42000 - 42500\nTargets:\n1) 43000\n2) 44000\nStop: 41000\nLeverage: 10x',
    'long BTC 42250 stop 41000 tp 43000,44000 10x',
  ],
  ['BTC/USDT\nSHORT\nEntry zone: 42k–42.5k\nSL 43k', 'short BTC 42250 stop 43000'],
  ['Pair: SOLUSDT\nDirection: Short\nTP1: 140\nTP2: 130\nSL: 160', 'short SOL stop 160 tp 140,130'],
  ['🟢 LONG $HYPE 🚀\n🎯 TP1: $27\n🎯 TP2: $29\n🛑 SL: $24', 'long HYPE stop 24 tp 27,29'],
  ['📉 Short DOGE — SL 2% — TP 5%', 'short DOGE stop 2% tp 5%'],
  ['BTC 42k long sl 41 tp 44', 'long BTC 42000 stop 41000 tp 44000'],
  ['Long BTC 42k, TP: 43 / 44 / 45k', 'long BTC 42000 tp 43000,44000,45000'],
  ['buy 0.5 BTC at 42.000, SL 41.000, TP 45.000', 'long BTC 42000 stop 41000 tp 45000'],
  ['Long BTC 42.000,50 SL 41.000,25', 'long BTC 42000.5 stop 41000.25'],
  ['Long BTC 42’000 SL 41’000', 'long BTC 42000 stop 41000'],
  ['Long BTC 42 000 SL 41 000', 'long BTC 42000 stop 41000'],
  ['Long BTC 42\u202F500 SL 41\u00A0500', 'long BTC 42500 stop 41500'],
  ['Ｌｏｎｇ ＢＴＣ ４２０００ ｓｌ ４１０００', 'long BTC 42000 stop 41000'],
  ['Long BTC ٤٢٠٠٠ SL ٤١٠٠٠', 'long BTC 42000 stop 41000'],
  ['Lo\u200Bng B\u200BTC, stop 2%', 'long BTC stop 2%'],
  ['Long BTC 0.1m, sl $0.09m', 'long BTC 100000 stop 90000'],
  ['Short DOGE 0.4% stop, 5% target', 'short DOGE stop 0.4% tp 5%'],
  ['long HYPE, 2% SL, trail 0.4%', 'long HYPE stop 2% trail 0.4@0'],
  ['Long SOL, 1% trailing stop', 'long SOL trail 1@0'],
  ['Long SOL, trailing stop 1%', 'long SOL trail 1@0'],
  ['Long SOL trail 1% after 2%, stop 3%', 'long SOL stop 3% trail 1@2'],
  ['long ETH targets 1% 2% 3%', 'long ETH tp 1%,2%,3%'],
  ['long ETH tp 1%, 2% and 3%, stop loss at 1.5%', 'long ETH stop 1.5% tp 1%,2%,3%'],
  ['Bought HYPE at 25, stop 24. Move SL to BE after TP1. TP 27 / 29', 'long HYPE 25 stop 24 tp 27,29 be 1'],
  ['Long BTC, tp 1% 2%. Stop to breakeven after TP2', 'long BTC tp 1%,2% be 2'],
  ['Long BTC, tp 1% 2%, after tp1 move stop to entry', 'long BTC tp 1%,2% be 1'],
  ['shorting eth here, invalidation above 2450', 'short ETH stop 2450'],
  ['aping SOL', 'long SOL'],
  ['BTC dumped 5% today. Buying the dip, stop 2%', 'long BTC stop 2%'],
  ['Opened a 10x long on ETH at $2,310. SL $2,250, TP $2,450', 'long ETH 2310 stop 2250 tp 2450 10x'],
  ['Long SOL limit 150, DCA 145, SL 139, TP 160/170/180, risk 1%', 'long SOL 150 stop 139 tp 160,170,180'],
  ['LONG BTC NOW!!! STOP 2% TP 4% LETS GOOOO EVERYBODY', 'long BTC stop 2% tp 4%'],
  ['No stop, just long BTC', 'long BTC'],
  ['USDJPY short 150.20 sl 150.80', 'short USD-JPY 150.2 stop 150.8'],
  ['Longed BTC at 42k, stop 41k', 'long BTC 42000 stop 41000'],
  ['BTC long, ETH short', 'long BTC', 'short ETH'],
  ['long BTC short ETH', 'long BTC', 'short ETH'],
  ['long BTC and ETH, sl 2% tp 4%', 'long BTC stop 2% tp 4%', 'long ETH stop 2% tp 4%'],
  [
    'Long BTC 42k sl 41k tp 44k\nShort ETH 2300 sl 2400 tp 2100',
    'long BTC 42000 stop 41000 tp 44000',
    'short ETH 2300 stop 2400 tp 2100',
  ],
  ['Long $BTC, $ETH, $SOL', 'long BTC', 'long ETH', 'long SOL'],
  ['Long BTC 42k sl 41k, short ETH 2300 sl 2400', 'long BTC 42000 stop 41000', 'short ETH 2300 stop 2400'],
  ['LONG FOOBAR now, stop 2%', 'long FOOBAR stop 2%'],
  ['Long $ZORBLAX, tp 10%', 'long ZORBLAX tp 10%'],
  ["don't miss this BTC long", 'long BTC'],
  ['Closed my ETH short. Long BTC now, stop 2%', 'long BTC stop 2%'],
  ['Took profit on SOL at 150, now long ETH at 2300', 'long ETH 2300'],
  ['Long BTC at 42k, exit if it closes below 41k', 'long BTC 42000'],
  ['Long BTC 42k, sl 41k. Thoughts?', 'long BTC 42000 stop 41000'],
  ['Not financial advice: long BTC, stop 2%', 'long BTC stop 2%'],
  ['NFA. Long BTC, stop 2%', 'long BTC stop 2%'],
  ['Long BTC https://x.com/a/status/12345?sl=99 stop 2%', 'long BTC stop 2%'],
  ['Long BTC, TP1 43k (50%), TP2 44k (50%)', 'long BTC tp 43000,44000'],
  ['I bought bitcoin here, stop at 2%', 'long BTC stop 2%'],
  ['Long ETH on the 4h, 15m trigger done, stop 2%', 'long ETH stop 2%'],
];

test.each(calls)('call: %s', (text, ...ideas) => {
  const classified = classifyText(text);
  expect(classified).toMatchObject({ label: 'call' });
  expect(classified.ideas.map(show)).toEqual(ideas);
  expect(classified.confidence).toBeGreaterThanOrEqual(0.4);
  expect(classified.reasons.length).toBeGreaterThan(0);
});

const opinions: [text: string, ...ideas: string[]][] = [
  ['BTC looks strong here, expecting higher', 'long BTC'],
  ['bearish on ETH', 'short ETH'],
  ['$SOL looks weak', 'short SOL'],
  ['long-term bullish on BTC', 'long BTC'],
  ['if BTC breaks 45k I will long', 'long BTC'],
  ['Long BTC if it breaks 45k', 'long BTC 45000'],
  ['Long BTC above 45k', 'long BTC 45000'],
  ['Waiting for 40k to long BTC', 'long BTC'],
  ['Would short ETH at 2500', 'short ETH 2500'],
  ['Is it time to long BTC?', 'long BTC'],
  ['Bought BTC back in 2017', 'long BTC'],
  ['I was long ETH yesterday', 'long ETH'],
  ['still holding my SOL long', 'long SOL'],
  ['My long on BTC is up 5%', 'long BTC'],
  ['$BTC $ETH $SOL all look bullish', 'long BTC', 'long ETH', 'long SOL'],
  ['Long SOL on a break of 160', 'long SOL'],
];

test.each(opinions)('opinion: %s', (text, ...ideas) => {
  const classified = classifyText(text);
  expect(classified).toMatchObject({ label: 'opinion' });
  expect(classified.ideas.map(({ side, symbol }) => `${side} ${symbol}`)).toEqual(
    ideas.map((idea) => idea.split(' ').slice(0, 2).join(' ')),
  );
  expect(classified.confidence).toBeLessThan(0.5);
});

const noise: [text: string, reason?: RegExp][] = [
  ['gm'],
  ['Who is buying BTC here?', /other people/],
  ['I would never sell my bitcoin', /negated/],
  ['BTC hit TP1! +5% 🎉 Move SL to entry'],
  [''],
  ['🚀🚀🚀'],
  ['not long BTC here', /negated/],
  ["don't buy SOL", /negated/],
  ['never short ETH into a Friday', /negated/],
  ['Stop buying DOGE', /negated/],
  ['avoid longing SOL', /negated/],
  ['closed my long BTC', /closing/],
  ['closed my ETH long, took profit', /closing/],
  ['my BTC long got stopped', /closing/],
  ['sold half my SOL', /closing/],
  ['everyone is long BTC, be careful', /other people/],
  ['Whales are shorting ETH', /other people/],
  ['short squeeze incoming on ETH'],
  ['how long until BTC moves'],
  ['In short, BTC is BTC'],
  ['sell pressure on BTC'],
  ['I love the HYPE token, and NEAR is near'],
  ['it is not hype, the link is in my bio'],
  ['long BTC, short BTC', /long and short at once/],
  ['Long and short BTC', /long and short at once/],
  ['bullish and bearish on ETH', /both ways/],
  ['LONG ETH/BTC', /not an instrument/],
  ['long BTC and ETH, stop 41k', /one price cannot hold/],
  ['Long EUR', /Name the pair/],
];

test.each(noise)('noise: %s', (text, reason = /./) => {
  const classified = classifyText(text);
  expect(classified).toMatchObject({ label: 'noise', confidence: 0 });
  expect(classified.reasons.join('; ')).toMatch(reason);
});

test.each([
  ['long BTC 42k stop 43k', 'wrong_side_stop'],
  ['short ETH 2300 sl 2200', 'wrong_side_stop'],
  ['long BTC sl 45k tp 44k', 'wrong_side_stop'],
  ['long BTC 42k tp 41k', 'wrong_side_target'],
])('a call whose levels contradict each other says so: %s', (text, code) => {
  const classified = classifyText(text);
  expect(classified).toMatchObject({ label: 'call', ideas: [{ problem: { code } }] });
  expect(classified.reasons.join('; ')).toContain(code);
});

const confidenceOf = (text: string): number => classifyText(text).confidence;

test('reserve, the past tense and a contrary tone lower the confidence of a call', () => {
  expect(confidenceOf('Thinking about longing SOL, maybe small')).toBeLessThan(0.5);
  expect(confidenceOf('Bought SOL')).toBeLessThan(confidenceOf('Long SOL'));
  expect(confidenceOf('Long SOL, stop 2%')).toBeGreaterThan(confidenceOf('Long SOL'));
  expect(confidenceOf('Long SOL though SOL looks weak')).toBeLessThan(confidenceOf('Long SOL'));
});

const fractions = (text: string): number[] | undefined =>
  classifyText(text).ideas[0]?.barriers.takeProfits?.map(({ fraction }) => fraction);

test('the parts of a ladder are the ones written, or equal, and always whole', () => {
  expect(fractions('Long BTC, TP1 43k (70%), TP2 44k (30%)')).toEqual([0.7, 0.3]);
  expect(fractions('Long BTC, tp 1% 2% 3%')).toEqual([0.3333, 0.3333, 0.3334]);
  expect(fractions('Long BTC, tp 1% 2% 3% 4% 5% 6% 7%')).toHaveLength(5);
});

test('stands behind the port under its name', async () => {
  const classifier = createRulesClassifier();
  expect(classifier.name).toBe('rules/3');
  const message = { text: 'Long BTC', author: '@a', postedAt: 0 };
  expect(await classifier.classify(message)).toEqual(classifyText('Long BTC'));
});

const fragments = fc.constantFrom(
  ...'long short buy sell BTC $ETH #SOL EUR/USD 42k 41,000 41.000,5 1.0850 2% 5x sl stop tp tp1 targets entry @ : - / , . ? \n trail be after not if closed move to BTC/ETH 🚀 ４２ ٤ 999999999999999999999 0 0% 0.0 $ # 1e9'.split(
    ' ',
  ),
);
const posts = fc.oneof(
  fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
);

test('any text: never throws, confidence in range, exits legal and on the right side of what is known', () => {
  fc.assert(
    fc.property(posts, (text) => {
      const { label, confidence, ideas, reasons } = classifyText(text);
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(reasons.length).toBeGreaterThan(0);
      for (const idea of ideas) {
        expect(idea.confidence).toBeGreaterThanOrEqual(0);
        expect(idea.confidence).toBeLessThanOrEqual(1);
        expect(parseBarriers(idea.barriers)).toMatchObject({ ok: true });
        if (label !== 'call' || idea.entry === null || idea.problem) continue;
        expect(resolveBarriers(idea.barriers, { side: idea.side, entryPrice: idea.entry }).ok).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

const long = (part: string): [string, string] => [part, part.repeat(Math.ceil(10_000 / part.length))];
test.each(
  [
    'long BTC 42k ',
    '1,',
    '11,11',
    '1.',
    'if ',
    'a',
    '$',
    'BTC/',
    'tp ',
    '((((',
    '5% stop ',
    'not ',
    "'",
    '\n',
    '9',
  ].map(long),
)('10,000 characters of %j end in time', (_part, text) => {
  // The limit is the test's own time-out: what grows faster than the text never comes back.
  for (let round = 0; round < 5; round += 1) expect(classifyText(text).label).toMatch(/call|opinion|noise/);
});

test('the break-even of a call names no offset, so that it covers the fees', async () => {
  const text = 'LONG BTC 65000 SL 64000 TP 67000, 69000. SL to BE after TP1';
  const { ideas } = classifyText(text);
  expect(ideas.map(({ barriers }) => barriers.breakEven)).toEqual([{ afterTakeProfit: 1 }]);
});
