import type { Side } from '#domain/ids.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));
const entries = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .trim()
      .split(/\s+/u)
      .map((pair): [string, string] => {
        const [word = '', symbol = ''] = pair.split('=');
        return [word, symbol];
      }),
  );

/** Names by which an instrument goes in prose. */
export const NAMES = entries(`
  oil=CL bitcoin=BTC ethereum=ETH ether=ETH solana=SOL dogecoin=DOGE hyperliquid=HYPE ripple=XRP cardano=ADA avalanche=AVAX
  polkadot=DOT chainlink=LINK litecoin=LTC arbitrum=ARB aptos=APT celestia=TIA injective=INJ toncoin=TON
  gold=XAU silver=XAG xauusd=XAU xagusd=XAG euro=EUR-USD cable=GBP-USD us30=DJI nas100=NDX nq=NDX mnq=NDX us100=NDX nasdaq=NDX
  nasdaq100=NDX ger40=DAX ger30=DAX de40=DAX dax=DAX us500=SPX500 sp500=SPX500 spx500=SPX500 uk100=FTSE ftse100=FTSE jp225=NIK nikkei=NIK
  hk50=HSI usoil=CL wti=CL crude=CL ukoil=BRENT brent=BRENT platinum=XPT palladium=XPD copper=HG natgas=NG tesla=TSLA nvidia=NVDA apple=AAPL`);

/** Tickers that are no English word and count however they are written. */
export const TICKERS = words(`
  nvda tsla aapl amzn googl goog msft mstr nflx pltr orcl btc xbt eth sol doge xrp bnb ada avax matic ltc bch trx etc xlm xmr arb apt sui sei tia inj ton icp fil algo vet
  aave crv mkr ldo snx comp uni wld pyth jup jto wif bonk pepe kpepe kshib kbonk shib floki ftm rndr fet tao ondo ena
  pendle dydx gmx stx ordi hbar qnt egld kas zec dash eos xtz ksm zro blur gala axs mana xau xag popcat fartcoin
  virtual bera moodeng pnut zk strk eigen   jasmy  enj ctk  lina ctsi  storj ankr celr chr coti skl iost
     kava sxp rsr  rvn   1inch zrx  yfi sushi cvx fxs rpl ssv agix arkm  ordi   tnsr  
  rez  zeta  manta   aevo ethfi  bome    mog popcat neiro cati  hmstr    `);

/** Tickers that are also words: they count in capitals only. */
export const WORD_TICKERS = words(`
  HYPE LINK NEAR OP DOT ATOM APE TRUMP SAND FLOW MOVE PEOPLE GAS TURBO PURR MEME BIGTIME IMX CAKE ONE RUNE BLAST BOME
  MEW NOT DYM ALT MAV STG SUPER UMA YGG ZEN XAI NEO IOTA MINA GRASS SCR GOAT INIT IP SPX TSLA NVDA AAPL AMZN GOOGL META
  MSTR COIN SPY QQQ NDX DJI DAX NFLX AMD PLTR GOOG MSFT HOOD ORCL BRENT XPT XPD HG CL NG IO ACT COW GOAT HOT BAND WOO OCEAN REEF
  PIXEL PORTAL SAGA OMNI CYBER`);

/** Capitals that look like a ticker and are none. */
export const NOT_TICKERS = words(`
  TP SL BE TSL ATH ATL ATR RSI EMA SMA MACD HTF LTF CME CPI FOMC FED ETF SEC USD USDT USDC USA NFA DYOR IMO IMHO LOL
  LFG WTF OMG BTW FYI PSA ASAP EOD EOW EOM OI PNL ROI RR LONG SHORT BUY SELL ENTRY STOP LOSS TARGET TARGETS ALERT NOW
  HERE THE AND FOR THIS THAT WITH FROM ZONE LIMIT MARKET ORDER SIGNAL CALL SPOT PERP PERPS FUTURES SWAP LEV LEVERAGE
  CROSS ISO ISOLATED HOLD HODL NEW ALL TIME HIGH LOW MORE SOME MY YOUR ITS YES OK VIP FREE PUMP DUMP MOON BULL BEAR
  TERM TO AT ON IN OF IT IS IF UP AS AN AM PM ET UTC EST IDK TBH NGMI WAGMI GM GN ALTS ALTCOINS CRYPTO TRAIL TRAILING
  SETUP TRADE RISK SIZE HALF POSITION POSITIONS SQUEEZE AGAIN HEAVY HARD TIGHT STOPLOSS TAKEPROFIT BREAKEVEN TP1 TP2 TP3 TP4
  TP5 TP6 PRICE OR PX LEV LIST PLAN CANCELLED CANCELED CLOSE CLOSED UPDATE RESULTS RESULT PROFIT PAIR COIN TYPE SIDE DIRECTION OPEN OPENED OPENING ENTER ENTERED GO GOING WENT ADD ADDED ADDING TAKE TOOK FILLED BOT DRILL REGULAR POSTED GET READY
  PIPS POINTS CMP DCA SHARE SCALP SWING INTRADAY DAY MTF MA EMA VWAP SFP BOS CHOCH FVG OB POC VAH VAL LQ LIQ MM FA TA GMT`);

/** Words that open a position, and the side they open. `done` is the past: it may be news or a report. */
export const CALL_WORDS: ReadonlyMap<string, { side: Side; done: boolean }> = new Map([
  ...sided('long longing buy buying bid bidding accumulate accumulating aping', 'long', false),
  ...sided('longed bought aped', 'long', true),
  ...sided('short shorting sell selling', 'short', false),
  ...sided('shorted sold', 'short', true),
]);

function sided(list: string, side: Side, done: boolean): [string, { side: Side; done: boolean }][] {
  return [...words(list)].map((word) => [word, { side, done }]);
}

export const OPINION_WORDS: ReadonlyMap<string, Side> = new Map([
  ...leaning(
    `bullish strong strength higher upside pump pumping moon mooning rip rips rally rallying rallies breakout
    undervalued oversold uptrend bottomed climbing soaring outperform outperforming bounce bouncing cheap bull`,
    'long',
  ),
  ...leaning(
    `bearish weak weakness lower downside dump dumping crash crashing breakdown overvalued overbought downtrend
    topped sinking falling underperform underperforming rejected rejection heavy ugly expensive bear`,
    'short',
  ),
]);

function leaning(list: string, side: Side): [string, Side][] {
  return [...words(list)].map((word) => [word, side]);
}

export const NEGATORS = words(`
  not no never dont doesnt didnt wont wouldnt isnt arent aint avoid avoiding without cant cannot shouldnt neither nor
  hardly against nobody refuse refuses havent hasnt wasnt instead rather nothing`);
/** After a negator these turn it around: "don't miss this long". */
export const NEGATOR_BREAKERS = words(`
  miss missing forget fade fading sleep hesitate only just financial advice brainer bad drill joke`);

/** Words that end a position: a report, not a call. */
export const CLOSING = words(`
  closed close closing exit exited exiting cover covered covering cut cutting trimmed trim liquidated liquidation stopped
  profit profits partials derisked flattened unwound unwinding reduced`);
/** Behind a position these say that it is over. */
export const CLOSED_AFTER = words(`closed stopped liquidated exited finished`);
/** Whose things they are decides whether selling them is a call. */
export const OWNED = words(`my half all everything bags bag your our rest remaining holdings stack`);
export const PAST = words(`
  imagine positioned neutral stay stays keep keeps maintain maintains maintained maintaining reiterate stayed kept
  yesterday ago earlier last previously was were had used already recap remember result results since weeks months
  still holding hold remain remaining staying monday tuesday wednesday thursday friday saturday sunday`);
/** Other people's positions are not the author's. */
export const OTHERS = words(`
  friend neighbour neighbor colleague coworker brother cousin uncle dad mom wife husband boss
  exporters importers corporates dealers hedgers bofa citi citigroup goldman jpm jpmorgan ubs barclays hsbc nomura deutsche
  commerzbank ing socgen rabobank scotiabank nordea danske westpac insider insiders influencer influencers leader leaders followers
  everyone everybody they he she whale whales people retail crowd traders trader someone who saylor institutions others
  guys funds fund insiders blackrock microstrategy them his her their theyre hes shes youre etf etfs institution investor investors
  holders holder miners company companies firm firms bank banks government governments country countries strategy grayscale
  fidelity vanguard analysts analyst people's buyers sellers longs shorts customers users treasury metaplanet address wallet`);
/** Verbs that put advice into the mouth of another person than the author. */
export const SAYING = words(`
  says said say tells told advises advised suggests suggested recommends upgrades upgraded downgrades downgraded
  expects reiterates believes copied reposted quoting`);
/** Begin a clause that names a condition. */
export const CONDITIONS = words(`if unless once when until till should`);
/** Make the whole sentence wait for something. */
export const WAITING = words(`
  needs must ready hoping wait waits waiting would could pending planning considering watching eyeing thinking`);
/** Moves of a price that the author waits for: "on a break of 45k". */
export const TRIGGERS = words(`
  loss rejection break breaks breakout retest retests reclaim reclaims dip close flip sweep sweeps confirmation`);
export const HEDGES = words(`
  maybe might may perhaps thinking considering looking planning possibly probably unsure sure gamble lotto degen tempted
  leaning want wanna watching eyeing guess paper hypothetically`);
/** Words that make a condition one about the exit of the trade rather than about its entry. */
export const EXIT_WORDS = words(`
  tp tp1 tp2 tp3 tp4 tp5 t1 t2 t3 sl stop stops stoploss be breakeven target targets invalid invalidated invalidation
  wrong trail trailing`);
export const LEAVING = words(`close closing exit exiting cut out sell invalid invalidated wrong bail`);

/** Behind `long` and `short` these make them something else: long-term, a short squeeze. */
export const AFTER_NO_SIDE = words(`
  positions bets bet alerts signals story
  term run time ago way story weekend haul lasting awaited squeeze squeezes squeezed liquidations liquidation ratio
  interest sellers seller timeframe list version answer wick tail overdue shadow memory pressure wall walls orders off
  side volume rallies dips strength weakness breakouts bounces`);
/** Before `long` and `short` likewise: how long, before long. */
export const BEFORE_NO_SIDE = words(`how so too before as very story`);

/** Say that what follows is the name of an instrument: `Pair: FOO`. */
export const NAMES_FOLLOW = words(`coin pair symbol asset ticker instrument token market`);
