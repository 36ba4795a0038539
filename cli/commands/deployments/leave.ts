import { Command } from 'commander';
import type { Deployment, Leaving } from '#api/schemas/deployment.ts';
import type { Trade } from '#api/schemas/trade.ts';
import { shortId } from '#terminal/output.ts';
import { confirm } from '../../confirm.ts';
import { openContext, wholeNumber } from '../../context.ts';
import { describeLive, tradesOf } from '../../fleet/steer.ts';

interface Options {
  note?: string;
  wait: number;
  yes?: boolean;
  json?: boolean;
}

const EXPOSED = ['routing', 'opening', 'open', 'closing'];
/** Longest wait of one request. */
const STEP_MS = 20_000;

/** `signalman deployments leave`: ends a deployment; exit status 0 once nothing of ours is left. */
export const leaveCommand = (): Command =>
  new Command('leave')
    .description(
      'end a deployment: close what is open at the market, credit the month that was paid, and destroy its keys; exit status 0 once that is done. Safe to run again',
    )
    .argument('<id>', 'the deployment, or the last 6 or more characters of its id')
    .option('--note <text>', 'why, for the audit log')
    .option('--wait <seconds>', 'how long to wait for the end', wholeNumber(0, 3_600), 120)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(leave);

async function leave(part: string, { note, wait, yes, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const deployment = await api.get<Deployment>(`/deployments/${encodeURIComponent(part)}`);
  const trades = await tradesOf(api, [deployment], EXPOSED);
  await confirm({ lines: announcement(deployment, trades), yes });
  const until = performance.now() + wait * 1000;
  let left: Leaving;
  let creditUsd: string | null = null;
  do {
    const waitMs = Math.round(Math.min(STEP_MS, Math.max(0, until - performance.now())));
    // oxlint-disable-next-line no-await-in-loop -- one request after the other
    left = await api.post<Leaving>(`/deployments/${deployment.id}/leave`, {
      waitMs,
      ...(note !== undefined && { note }),
    });
    creditUsd ??= left.creditUsd;
  } while (left.tradesLeft > 0 && performance.now() < until);
  if (left.tradesLeft > 0) process.exitCode = 1;
  if (json) return out.json({ ...left, creditUsd });
  if (creditUsd !== null) out.line(`credited for the month that was paid: ${creditUsd} USD`);
  for (const address of left.destroyedKeys) out.line(`trading key ${address} is destroyed`);
  for (const line of left.notes) out.line(line);
  out.line(
    left.tradesLeft === 0
      ? `deployment ${shortId(deployment.id)} has ended, and nothing of it is open`
      : `${left.tradesLeft} trades are still being closed`,
  );
}

const announcement = ({ id, agentName, walletAddress }: Deployment, trades: readonly Trade[]): string[] => [
  `leave: deployment ${shortId(id)} of ${agentName} for ${walletAddress} ends for good;`,
  `${trades.length} trades are closed at the market, their stops and targets cancelled, and its trading keys destroyed.`,
  "The wallet's funds and what its owner trades by hand are not touched. The agent can be deployed for it anew.",
  ...trades.map((trade) => `  ${describeLive(trade)}`),
];
