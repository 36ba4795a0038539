import { Command } from 'commander';
import type { SignalPreview } from '#api/schemas/preview.ts';
import type { SignalAccepted } from '#api/schemas/signal.ts';
import { shortId } from '#terminal/output.ts';
import { awaitOutcome } from '../await-outcome.ts';
import { anyNumber, openContext, wholeNumber, type CliContext } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { addTarget, barriersOf, level, type LevelOptions } from '../levels.ts';
import { renderPreview } from '../render/preview.ts';

interface Options extends LevelOptions {
  notional?: string;
  riskPercent?: number;
  leverage?: number;
  venue?: string;
  price?: string;
  maxDrift?: number;
  ttl?: number;
  again?: boolean;
  dryRun?: boolean;
  wait: number;
  json?: boolean;
}

/** `signalman signal <agent> <instrument> <side>`: a call by hand, traded by every deployment of the agent. */
export const signalCommand = (): Command =>
  new Command('signal')
    .description('post a signal by hand; what is left out comes from the agent')
    .argument('<agent>', 'name or id')
    .argument('<instrument>', 'such as BTC')
    .argument('<side>', 'long or short')
    .option('--policy <file>', 'exits: barriers as JSON (docs/barriers.md)')
    .option('--stop <level>', 'stop loss: a percentage of the entry price such as 5%, or a price', level)
    .option(
      '--target <level[:fraction]>',
      'take profit: 4%:0.5 or 52000:1; may be given again',
      addTarget,
      [],
    )
    .option('--notional <usd>', 'the value of the position in USD')
    .option('--risk-percent <percent>', 'lose this percentage of the equity at the stop', anyNumber)
    .option('--leverage <times>', 'at most this, 1 to 50', wholeNumber(1, 50))
    .option('--venue <name>', 'hyperliquid, ostium or MULTI, which lets the routing rules choose', 'MULTI')
    .option('--price <usd>', 'the price the call is made at; drift is measured from it')
    .option('--max-drift <percent>', 'skip when the price has moved further than this', anyNumber)
    .option('--ttl <seconds>', 'skip when it cannot be traded within this', wholeNumber(1, 86_400))
    .option('--again', 'make the call although the agent made one like it within six hours; audited')
    .option('--dry-run', 'say what would become of it, check by check; nothing is sent or written')
    .option('--wait <seconds>', 'how long to wait for the outcome', wholeNumber(0, MAX_WAIT_SECONDS), 10)
    .option('--json', 'print JSON')
    .addHelpText('after', MERGING)
    .action(run);

const MAX_WAIT_SECONDS = 60;

const MERGING = `
Exits: an option replaces that part, and the other parts of the agent stay. Stop and targets together are a
plan of their own: of the agent it takes the time limit alone.
Ends with status 0 when a trade was opened or is on its way, with 1 when none was.`;

async function run(agent: string, instrument: string, side: string, options: Options): Promise<void> {
  const { api, out } = openContext();
  const { id: agentId } = await findAgent(api, agent);
  const asked = { agentId, instrument, side, ...(await givenRules(options)) };
  if (options.dryRun) return preview({ api, out }, asked, options);
  const posted = await api.post<SignalAccepted>('/signals', asked);
  const { signalId, created, started, reason } = posted;
  const awaited = created && started ? await awaitOutcome(api, signalId, options.wait * 1000) : null;
  const { outcome = null, lines = [] } = awaited ?? {};
  if (!created || outcome === 'skipped' || outcome === 'expired') process.exitCode = 1;
  if (options.json) return out.json({ ...posted, outcome, lines });
  if (!created)
    return out.line(
      `not made again: ${reason?.text ?? 'it was made before'} Use --again to make it all the same.`,
    );
  out.line(`signal ${shortId(signalId)}: ${instrument} ${side}`);
  if (outcome === null) return out.line('stored; its trades start once Temporal answers');
  for (const line of lines) out.line(line);
  if (outcome === 'pending') out.line(`on its way after ${options.wait} s; see: signalman trades`);
  else if (lines.length === 0) out.line('nobody trades it: no deployment of the agent is active');
}

async function preview({ api, out }: CliContext, asked: object, { json }: Options): Promise<void> {
  const previewed = await api.post<SignalPreview>('/signals/preview', asked);
  if (!previewed.deployments.some(({ refusal }) => refusal === null)) process.exitCode = 1;
  if (json) return out.json(previewed);
  for (const line of renderPreview(previewed, out.colors)) out.line(line);
}

async function givenRules(options: Options): Promise<object> {
  const { leverage, venue, price, maxDrift, ttl, again } = options;
  const barriers = await barriersOf(options);
  const sizeModel = sizeModelOf(options);
  return {
    ...(barriers && { barriers }),
    ...(sizeModel && { sizeModel }),
    ...(leverage !== undefined && { leverage }),
    ...(venue !== undefined && { venue }),
    ...(price !== undefined && { referencePrice: price }),
    ...(maxDrift !== undefined && { maxDriftPct: maxDrift }),
    ...(ttl !== undefined && { ttlMs: ttl * 1000 }),
    ...(again && { again }),
  };
}

function sizeModelOf({ notional, riskPercent }: Options): object | null {
  if (notional !== undefined) return { mode: 'fixedNotional', notionalUsd: notional };
  return riskPercent === undefined ? null : { mode: 'riskPercent', percent: riskPercent };
}
