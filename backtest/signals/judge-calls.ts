import type { ClassifiedMessage } from '#classifiers/classifier.ts';
import { classifyText } from '#classifiers/rules/classifier.ts';
import { completeGiven } from '#domain/given-barriers.ts';
import { judgeIdea, type IdeaContext, type Listener } from '#domain/judge-idea.ts';
import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import type { TradeIdea } from '#domain/trade-idea.ts';
import { untraded, type Call, type CallOrigin } from '../call.ts';
import type { PriceSeries } from '../prices/price-series.ts';
import { BACKTEST_REFUSALS, type BacktestRefusalCode, type UntradedSignal } from '../result.ts';
import type { Settings } from '../settings/settings.ts';
import type { CallLine, PostLine, SignalLine } from './posts.ts';
import { pricesAt } from './prices-at.ts';

/** Calls that the agent takes, and lines that became none. */
export interface JudgedCalls {
  calls: Call[];
  refusals: UntradedSignal[];
}

/**
 * Reads each post by the rules that read it live, at the prices of its time, and judges every idea as an agent with
 * these settings does. A line that becomes no call is returned with its reason.
 */
export function judgeCalls(
  lines: readonly CallLine[],
  markets: ReadonlyMap<Symbol, { series: PriceSeries }>,
  { settings, source }: { settings: Settings; source: string },
): JudgedCalls {
  const judged: JudgedCalls = { calls: [], refusals: [] };
  const judge = new Judge(settings, source, markets, judged);
  for (const line of lines) judge.take(line);
  return judged;
}

class Judge {
  private readonly listener: Listener;
  private readonly settings: Settings;
  private readonly source: string;
  private readonly markets: ReadonlyMap<Symbol, { series: PriceSeries }>;
  private readonly listed: ReadonlySet<Symbol>;
  private readonly judged: JudgedCalls;

  constructor(
    settings: Settings,
    source: string,
    markets: ReadonlyMap<Symbol, { series: PriceSeries }>,
    judged: JudgedCalls,
  ) {
    const { agent } = settings;
    this.settings = settings;
    this.source = source;
    this.markets = markets;
    this.listed = new Set(markets.keys());
    this.judged = judged;
    this.listener = { ...agent, agentName: agent.name, status: 'active', kindWeight: 100 };
  }

  take(line: CallLine): void {
    if (line.kind === 'signal') this.takeSignal(line);
    else this.takePost(line);
  }

  private takePost(post: PostLine): void {
    const hindrance = this.refusePost(post);
    if (hindrance) return this.refuse(this.originOf(post), hindrance);
    const prices = pricesAt(this.markets, post.postedAt);
    const classified = classifyText(post.text, prices);
    const { ideas } = classified;
    if (classified.label !== 'call' || ideas.length === 0)
      return this.refuse(this.originOf(post), refuseWords(classified));
    for (const [index, idea] of ideas.entries()) {
      const name = ideas.length === 1 ? post.id : `${post.id}/${index + 1}`;
      this.judge({ ...this.originOf(post), signalId: name }, idea, prices);
    }
  }

  /** A post whose text is not the one that was there to be read, or that was gone before its order would have left. */
  private refusePost({ postedAt, editedAt, deletedAt }: PostLine): Refusal | null {
    const sentAt = postedAt + this.settings.delayMs;
    if (deletedAt !== null && deletedAt <= sentAt) return refusal('message_deleted');
    return editedAt === null ? null : refusal('edited_before_read');
  }

  private takeSignal(line: SignalLine): void {
    const { agent } = this.settings;
    const { instrument, side, entry, leverage, confidence, sizeModel, barriers } = line;
    const idea: TradeIdea = {
      symbol: instrument,
      side,
      entry,
      barriers: barriers.none.length === 0 ? barriers.parts : completeGiven(barriers, agent.barriers),
      leverage,
      confidence,
      ...(sizeModel && { sizeModel }),
    };
    const listener = barriers.none.length === 0 ? this.listener : { ...this.listener, barriers: {} };
    this.judge(this.originOf(line), idea, pricesAt(this.markets, line.postedAt), listener);
  }

  private judge(
    from: CallOrigin,
    idea: TradeIdea,
    prices: ReadonlyMap<Symbol, DecimalString>,
    listener: Listener = this.listener,
  ): void {
    const origin = { ...from, callPrice: idea.entry };
    const missing = this.refuseMissing(idea);
    if (missing) return this.refuse(origin, missing.refused, { symbol: missing.symbol, side: idea.side });
    const context: IdeaContext = {
      message: { postedAt: from.postedAt, receivedAt: from.postedAt },
      market: { listed: this.listed, unreached: [], prices },
      now: from.postedAt,
    };
    const ruling = judgeIdea(context, listener, idea);
    if (ruling.ok) this.judged.calls.push({ ...origin, terms: ruling.value });
    else this.refuse(origin, ruling.refusal, { symbol: this.symbolOf(idea.symbol), side: idea.side });
  }

  /** An instrument that can be traded, and whose prices were not given. */
  private refuseMissing({ symbol }: TradeIdea) {
    const listed = normaliseSymbol(symbol, this.listed);
    if (listed.ok || listed.refusal.code !== 'unknown_instrument') return null;
    const alone = normaliseSymbol(symbol);
    if (!alone.ok) return null;
    const text = `${BACKTEST_REFUSALS.no_prices} None were given for ${alone.value}.`;
    return { symbol: alone.value, refused: { code: 'no_prices', text } } as const;
  }

  private symbolOf(text: string): Symbol | null {
    const listed = normaliseSymbol(text, this.listed);
    return listed.ok ? listed.value : null;
  }

  private refuse(
    origin: CallOrigin,
    refused: { code: BacktestRefusalCode; text: string },
    about: Pick<UntradedSignal, 'symbol' | 'side'> = { symbol: null, side: null },
  ): void {
    this.judged.refusals.push(untraded(origin, about, refused));
  }

  private originOf({ kind, id, author, postedAt }: CallLine): CallOrigin {
    const isPost = kind === 'post';
    return {
      signalId: id,
      postId: isPost ? id : null,
      source: isPost ? this.source : null,
      author,
      agent: this.settings.agent.name,
      postedAt,
      callPrice: null,
    };
  }
}

/** Returns why words became no call, as the pipeline says it. */
function refuseWords({ label, kind, confidence, reasons }: ClassifiedMessage): Refusal {
  if (kind === 'conditional') return refusal('conditional_call');
  if (kind === 'close' || kind === 'update') return refusal('follow_up_ignored');
  const sureness = label === 'noise' ? '' : ` with confidence ${confidence.toFixed(2)}`;
  const read = [`Read as ${label}${sureness}`, reasons.join('; ')].filter(Boolean).join(': ');
  return refusal('no_idea', `${read}.`);
}
