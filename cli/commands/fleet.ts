import { Command } from 'commander';
import type { Deployment } from '#api/schemas/deployment.ts';
import type { ApiClient } from '#api/client.ts';
import { counted, createOutput, shortId } from '#terminal/output.ts';
import { confirm } from '../confirm.ts';
import { openContext, wholeNumber } from '../context.ts';
import { requireSelection, selectDeployments, withSelection, type Selection } from '../fleet/select.ts';
import { readFleet } from '../fleet/standings.ts';
import { askToClose, awaitNone, changeStatus, describeLive, tradesOf, type Steered } from '../fleet/steer.ts';
import { orderTable, positionTable, statusTable } from '../fleet/views.ts';

interface ReadOptions extends Selection {
  json?: boolean;
}

interface SteerOptions extends ReadOptions {
  note?: string;
  wait: number;
  yes?: boolean;
}

const LIVE = ['routing', 'opening', 'open', 'closing', 'settling'];
/** Phases in which a trade may hold a position or have orders at its venue, or will soon. */
const EXPOSED = ['routing', 'opening', 'open', 'closing'];
const ENTERING = ['routing', 'opening'];

/** `signalman fleet`: looks at or steers one, some or all deployments. */
export const fleetCommand = (): Command =>
  new Command('fleet')
    .description('look at or steer one, some or all deployments')
    .addCommand(readCommand('status', 'deployments with their trades', showStatus))
    .addCommand(
      readCommand('positions', "positions by the venues' word, ours and their owners' apart", showPositions),
    )
    .addCommand(readCommand('orders', "resting orders by the venues' word", showOrders))
    .addCommand(statusCommand('pause', 'take no new trades; what is open is managed as before'))
    .addCommand(statusCommand('resume', 'take new trades again'))
    .addCommand(closeCommand())
    .addCommand(cancelCommand());

type Show = (api: ApiClient, deployments: Deployment[], options: ReadOptions) => Promise<void>;

const readCommand = (name: string, description: string, show: Show): Command =>
  withSelection(new Command(name))
    .description(description)
    .option('--json', 'print JSON')
    .action(async (names: string[], options: ReadOptions) => {
      const { api } = openContext();
      await show(api, await selectDeployments(api, names, options), options);
    });

async function showStatus(api: ApiClient, deployments: Deployment[], { json }: ReadOptions): Promise<void> {
  const out = createOutput(process.stdout, process.env);
  const trades = await tradesOf(api, deployments, LIVE);
  const members = deployments.map((deployment) => ({
    deployment,
    trades: trades.filter(({ deploymentId }) => deploymentId === deployment.id),
  }));
  if (json) return out.json({ deployments: members });
  for (const line of statusTable(members, out)) out.line(line);
}

async function showPositions(
  api: ApiClient,
  deployments: Deployment[],
  { json }: ReadOptions,
): Promise<void> {
  const out = createOutput(process.stdout, process.env);
  const accounts = await readFleet(api, deployments);
  failIfUnread(accounts);
  if (json) return out.json({ accounts });
  for (const line of positionTable(accounts, out)) out.line(line);
}

async function showOrders(api: ApiClient, deployments: Deployment[], { json }: ReadOptions): Promise<void> {
  const out = createOutput(process.stdout, process.env);
  const accounts = await readFleet(api, deployments);
  failIfUnread(accounts);
  if (json) return out.json({ accounts });
  for (const line of orderTable(accounts, out)) out.line(line);
}

function failIfUnread(accounts: readonly { error: string | null }[]): void {
  if (accounts.some(({ error }) => error !== null)) process.exitCode = 1;
}

const steering = (name: string, description: string): Command =>
  withSelection(new Command(name))
    .description(description)
    .option('--note <text>', 'why, for the audit log')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON');

const statusCommand = (action: 'pause' | 'resume', description: string): Command =>
  steering(action, description).action(async (names: string[], options: SteerOptions) => {
    const { api, deployments } = await selected(names, options);
    await confirm({
      lines: [`${action}: ${counted(deployments.length, 'deployment')}`, ...deployments.map(describe)],
      yes: options.yes,
    });
    report(await changeStatus(api, deployments, action), [], options);
  });

const closeCommand = (): Command =>
  steering(
    'close',
    'close every position of these deployments at the market; exit status 0 once all are flat',
  )
    .option('--wait <seconds>', 'how long to wait until flat, 0 not to', wholeNumber(0, 3_600), 60)
    .action(async (names: string[], options: SteerOptions) => {
      const { api, deployments } = await selected(names, options);
      const trades = await tradesOf(api, deployments, EXPOSED);
      await confirm({
        lines: [
          `close: ${counted(trades.length, 'trade')} of ${counted(deployments.length, 'deployment')} at the market; new trades may follow (pause first)`,
          ...trades.map((trade) => `  ${describeLive(trade)}`),
        ],
        yes: options.yes,
      });
      const asked = await askToClose(api, trades, options.note);
      report(asked, await leftAfter(api, deployments, { phases: EXPOSED, wait: options.wait }), options);
    });

const cancelCommand = (): Command =>
  steering(
    'cancel',
    'withdraw every entry that is under way; stops and targets of open positions stay. An entry that fills first is closed',
  )
    .option('--wait <seconds>', 'how long to wait for the end of each, 0 not to', wholeNumber(0, 3_600), 60)
    .action(async (names: string[], options: SteerOptions) => {
      const { api, deployments } = await selected(names, options);
      const entries = await tradesOf(api, deployments, ENTERING);
      await confirm({
        lines: [
          `cancel: ${entries.length} entries under way; stops and targets of open positions stay`,
          ...entries.map((trade) => `  ${describeLive(trade)}`),
        ],
        yes: options.yes,
      });
      const asked = await askToClose(api, entries, options.note);
      report(asked, await leftAfter(api, deployments, { phases: ENTERING, wait: options.wait }), options);
    });

async function selected(names: string[], options: Selection) {
  requireSelection(names, options);
  const { api } = openContext();
  return { api, deployments: await selectDeployments(api, names, options) };
}

const describe = ({ id, agentName, walletAddress, status }: Deployment): string =>
  `  ${shortId(id)} of ${agentName} for ${walletAddress}: ${status}`;

async function leftAfter(
  api: ApiClient,
  deployments: readonly Deployment[],
  { phases, wait }: { phases: readonly string[]; wait: number },
): Promise<string[]> {
  if (wait === 0) return [];
  return (await awaitNone(api, deployments, { phases, waitMs: wait * 1000 })).map(describeLive);
}

/** Prints what was done. Exit status 1 when something was not, or is left. */
function report(done: readonly Steered[], left: readonly string[], { json }: ReadOptions): void {
  const out = createOutput(process.stdout, process.env);
  if (left.length > 0 || done.some(({ problem }) => problem !== null)) process.exitCode = 1;
  if (json) return out.json({ done, left });
  for (const { subject, text, problem } of done)
    out.line(problem === null ? `${subject}: ${text}` : out.colors.red(`${subject}: NOT done: ${text}`));
  for (const line of left) out.line(out.colors.red(`NOT FLAT  ${line}`));
  if (done.length === 0) out.line('nothing to do');
}
