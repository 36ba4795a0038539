import { Command, Option } from 'commander';
import type { ChangedDeploymentLimits } from '#api/schemas/deployment.ts';
import { CliError } from '../../cli-error.ts';
import { anyNumber, openContext, wholeNumber } from '../../context.ts';
import { describeChange, limitsOf, withLimitOptions, type LimitOptions } from '../../limit-options.ts';
import { shortId } from '#terminal/output.ts';

interface Options extends LimitOptions {
  maxLeverage?: number;
  maxNotional?: string;
  maxPositions?: number;
  riskPercent?: number;
  notional?: string;
  agentSize?: boolean;
  json?: boolean;
}

/** `signalman deployments set`: changes the limits of a deployment. */
export const setCommand = (): Command =>
  withLimitOptions(new Command('set'))
    .description('change limits and size; they hold for the next entries, and "none" takes a limit away')
    .argument('<id>', 'the deployment, or the last 6 or more characters of its id')
    .option(
      '--max-leverage <times>',
      'value of everything open in the account over its equity',
      wholeNumber(1, 50),
    )
    .option('--max-notional <usd>', 'largest value of one trade in USD')
    .option('--max-positions <n>', 'positions open at a time', wholeNumber(1, 100))
    .addOption(
      new Option('--risk-percent <percent>', 'size: lose this percentage of the equity at the stop')
        .argParser(anyNumber)
        .conflicts(['notional', 'agentSize']),
    )
    .addOption(
      new Option('--notional <usd>', 'size: positions of this value in USD').conflicts(['agentSize']),
    )
    .option('--agent-size', 'size: as the agent says')
    .option('--json', 'print JSON')
    .action(set);

async function set(
  id: string,
  { maxLeverage, maxNotional, maxPositions, riskPercent, notional, agentSize, json, ...options }: Options,
): Promise<void> {
  const entryLimits = limitsOf(options);
  const change = {
    ...(maxLeverage !== undefined && { maxLeverage }),
    ...(maxNotional !== undefined && { maxNotionalUsd: maxNotional }),
    ...(maxPositions !== undefined && { maxOpenPositions: maxPositions }),
    ...(Object.keys(entryLimits).length > 0 && { entryLimits }),
    ...(riskPercent !== undefined && { sizeModel: { mode: 'riskPercent', percent: riskPercent } }),
    ...(notional !== undefined && { sizeModel: { mode: 'fixedNotional', notionalUsd: notional } }),
    ...(agentSize && { sizeModel: null }),
  };
  if (Object.keys(change).length === 0) throw new CliError('give a limit or a size to change', 2);
  const { api, out } = openContext();
  const answer = await api.patch<ChangedDeploymentLimits>(`/deployments/${encodeURIComponent(id)}`, change);
  if (json) return out.json(answer);
  const lines = describeChange(flat(answer.before), flat(answer.after));
  out.line(`deployment ${shortId(id)}: ${lines.length > 0 ? lines.join('; ') : 'nothing has changed'}`);
}

const flat = ({ entryLimits, ...limits }: ChangedDeploymentLimits['before']): object => ({
  ...limits,
  ...entryLimits,
});
