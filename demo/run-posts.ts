import { apiKeyFile } from '#config/secret-files.ts';
import { describeBeside, lookBeside, type BesideRun } from './beside-run.ts';
import { closeRest, type ClosedRest } from './close-rest.ts';
import { followRun, type Follower } from './follower.ts';
import { checkLedger } from './ledger-check.ts';
import type { DemoOptions } from './options.ts';
import { resumeOstiumPrices } from '#local/ostium.ts';
import type { DemoPost } from './posts.ts';
import { prepareRun } from './prepare-run.ts';
import type { Progress } from '#terminal/progress.ts';
import { publishPosts, type Published } from './publish-posts.ts';
import { makeReport, type DemoReport, type Ending } from './report.ts';
import { isSettled, linesRead, liveTrades } from './run-state.ts';
import { readSandbox, resumePrices } from './sandbox-client.ts';
import type { DemoSystem } from '#local/demo-system.ts';

export interface PostsRun {
  options: DemoOptions;
  posts: readonly DemoPost[];
  progress: Progress;
  system: DemoSystem;
  /** Aborted: end with a report on what there is so far. */
  signal: AbortSignal;
}

/** Publishes the posts to a system that stands ready, follows what they lead to until it ends, and reports. */
export async function runPosts(context: PostsRun): Promise<DemoReport> {
  const { options, posts, progress, system, signal } = context;
  const run = await prepareRun(system, posts);
  signal.throwIfAborted();
  await system.startWorkers();
  await resumePrices(system.sandboxUrl);
  if (system.ostium) await resumeOstiumPrices(system.ostium);
  const beside = await lookBeside(system.db, run.scope);
  announce(context, beside);
  const startedAt = Date.now();
  const follower = followRun(system.db, { scope: run.scope, beside, progress });
  const stopPublishing = new AbortController();
  const published: Published = { lines: new Set(), unreadable: 0, all: false };
  const publishing = publishPosts(
    posts,
    run.agents,
    published,
    (line) => progress.note(`${options.posts}:${line} is no post; passed on as it is`),
    AbortSignal.any([signal, stopPublishing.signal]),
  );
  void publishing.finally(() => {
    if (published.all) progress.note(`all ${posts.length} posts are published`);
  });
  const ending = await Promise.race([untilEnd(context, follower, published, startedAt), system.broken]);
  stopPublishing.abort();
  await publishing;
  const closed = await closeWhatIsLeft(context, follower, published, ending);
  const ledger = await checkLedger(system, run.agents.all);
  const books = await follower.look();
  return makeReport(books, {
    run: run.number,
    ending,
    startedAt,
    prices: pricesOf(options),
    posts: {
      file: options.posts,
      given: posts.length,
      read: linesRead(books),
      unreadable: published.unreadable,
    },
    ledger,
    beside: await beside.trades(),
    forcedTradeIds: closed.tradeIds,
    failures: closed.failures,
    restarts: system.restarts(),
    temporalUiUrl: system.temporalUiUrl,
    apiUrl: system.apiUrl,
    logs: system.logsFolder,
  });
}

function announce({ progress, system, options }: PostsRun, beside: BesideRun): void {
  const { prices, coin, speed, seed, once } = options;
  progress.note(
    prices === null
      ? `everything runs; prices are generated from seed ${seed}`
      : `everything runs; ${coin} replays ${prices} at ${speed} times its speed, other coins are generated from seed ${seed}`,
  );
  progress.note(`Temporal Web UI: ${system.temporalUiUrl ?? 'that of the given server'}`);
  progress.note(`web interface: ${system.apiUrl}, its key is in ${apiKeyFile(system.state.root)}`);
  progress.note(`API: ${system.apiUrl}/docs`);
  const others = describeBeside(beside);
  if (others !== null) progress.note(others);
  if (!once) progress.note('try: npx signalman trades; Ctrl-C ends with a report');
}

function untilEnd(
  { options, system, signal, progress }: PostsRun,
  follower: Follower,
  published: Published,
  startedAt: number,
): Promise<Ending> {
  let toldEndOfPrices = false;
  return follower.until(async (books): Promise<Ending | null> => {
    if (signal.aborted) return 'interrupted';
    if (options.once && published.all && isSettled(books, published)) return 'all_closed';
    if (await havePricesEnded(options, system)) {
      if (options.once) return 'prices_ended';
      if (!toldEndOfPrices) progress.note(`the prices of ${options.coin} have ended`);
      toldEndOfPrices = true;
    }
    const isTimeUp = options.once && Date.now() - startedAt > options.forSeconds * 1_000;
    return isTimeUp ? 'time_is_up' : null;
  });
}

/** Generated prices never end; a sandbox that is being started again has not said that its prices ended. */
const havePricesEnded = async ({ prices }: DemoOptions, { sandboxUrl }: DemoSystem): Promise<boolean> =>
  prices !== null &&
  readSandbox(sandboxUrl).then(
    ({ pricesEnded }) => pricesEnded,
    () => false,
  );

const NOTHING: ClosedRest = { tradeIds: new Set(), failures: [] };

/** A run that came to its end by itself or by a person's hand leaves its trades as they are. */
async function closeWhatIsLeft(
  { progress, system }: PostsRun,
  follower: Follower,
  published: Published,
  ending: Ending,
): Promise<ClosedRest> {
  if (ending !== 'time_is_up' && ending !== 'prices_ended') return NOTHING;
  const why = ending === 'time_is_up' ? 'the time is up' : 'the prices have ended';
  const { length } = liveTrades(await follower.look());
  progress.note(`${why}: force-closing ${length} open ${length === 1 ? 'trade' : 'trades'}`);
  return closeRest(system.api, follower, published, `demo: ${why}`);
}

const pricesOf = ({ prices, coin, speed, seed }: DemoOptions): DemoReport['prices'] =>
  prices === null ? { seed, speed } : { file: prices, coin, speed, seed };
