import { Command } from 'commander';
import { anyNumber, openContext, wholeNumber } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { addTarget, barriersOf, level, type LevelOptions } from '../levels.ts';

interface Options extends LevelOptions {
  notional?: string;
  riskPercent?: number;
  leverage?: number;
  venue?: string;
  price?: string;
  maxDrift?: number;
  ttl?: number;
  json?: boolean;
}

/** `signalman signal <agent> <instrument> <side>`: a call by hand, traded by every deployment of the agent. */
export const signalCommand = (): Command =>
  new Command('signal')
    .description('post a signal by hand; what is left out comes from the agent')
    .argument('<agent>', 'name or id')
    .argument('<instrument>', 'such as BTC')
    .argument('<side>', 'long or short')
    .option('--policy <file>', 'exits: barriers as JSON')
    .option('--stop <level>', 'stop loss: 5% of the entry price, or a price', level)
    .option(
      '--target <level[:fraction]>',
      'take profit: 4%:0.5 or 52000:1; may be given again',
      addTarget,
      [],
    )
    .option('--notional <usd>', 'trade this much')
    .option('--risk-percent <n>', 'lose this much of the equity at the stop', anyNumber)
    .option('--leverage <n>', 'at most this', wholeNumber(1, 50))
    .option('--venue <name>', 'hyperliquid, ostium or MULTI')
    .option('--price <price>', 'the price the call is made at; drift is measured from it')
    .option('--max-drift <percent>', 'skip when the price has moved further than this', anyNumber)
    .option('--ttl <seconds>', 'skip when it cannot be traded within this', wholeNumber(1, 86_400))
    .option('--json', 'print JSON')
    .action(run);

async function run(agent: string, instrument: string, side: string, options: Options): Promise<void> {
  const { api, out } = openContext();
  const { id: agentId } = await findAgent(api, agent);
  const answer = await api.post<{
    signalId: string;
    created: boolean;
    started: boolean;
    reason: { text: string } | null;
  }>('/signals', { agentId, instrument, side, ...(await givenRules(options)) });
  if (options.json) return out.json(answer);
  if (!answer.created) return out.line(`not made again: ${answer.reason?.text ?? 'it was made before'}`);
  out.line(`signal ${answer.signalId}: ${instrument} ${side}`);
  out.line(
    answer.started
      ? 'see: signalman trades; where it is not among them: signalman signals --skipped'
      : 'stored; its trades start once Temporal answers',
  );
}

async function givenRules(options: Options): Promise<object> {
  const { leverage, venue, price, maxDrift, ttl } = options;
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
  };
}

function sizeModelOf({ notional, riskPercent }: Options): object | null {
  if (notional !== undefined) return { mode: 'fixedNotional', notionalUsd: notional };
  return riskPercent === undefined ? null : { mode: 'riskPercent', percent: riskPercent };
}
