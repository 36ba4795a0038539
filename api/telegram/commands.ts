import type { FastifyInstance } from 'fastify';
import type { Database } from '#prisma/client.ts';
import type { InsideCallers } from '../plugins/inside-callers.ts';
import type { Principal } from '../plugins/auth.ts';
import type { Deployment } from '../schemas/deployment.ts';
import type { Pnl } from '../schemas/performance.ts';
import type { Trade } from '../schemas/trade.ts';
import type { ChatMessage } from './chat-message.ts';
import type { Confirmations } from './confirmations.ts';

export interface CommandDeps {
  db: Database;
  app: FastifyInstance;
  inside: InsideCallers;
  confirmations: Confirmations;
  now: () => number;
}

/** A command of a person, from a chat that is theirs. */
export interface Command extends Pick<ChatMessage, 'chatId' | 'argument'> {
  principal: Principal;
}

type Run = (deps: CommandDeps, command: Command) => Promise<string>;

const OPEN = 'opening,open,closing';
const MAX_SHOWN = 20;
const DAY_MS = 86_400_000;

/** What a chat may say, each with how it is done. A command returns the words of its answer. */
export const COMMANDS: Readonly<Record<string, Run>> = {
  status,
  positions,
  pnl,
  pause: (deps, command) => changeDeployments(deps, command, 'pause'),
  resume: (deps, command) => changeDeployments(deps, command, 'resume'),
  close,
  confirm,
  help: async () => HELP,
};

export const HELP = [
  '/status: deployments, open trades and brakes',
  '/positions: open trades',
  '/pnl: profit of today, 7 and 30 days',
  '/pause: your deployments take no new trades; open ones go on',
  '/resume: they take new trades again',
  '/close BTC: closes your open trades in BTC, once you confirm; also by the id of a trade, or all',
].join('\n');

/** Calls a route for the person. Throws an `Error` whose text says why it was refused. */
async function call(
  { app, inside }: CommandDeps,
  { principal }: Command,
  method: 'GET' | 'POST',
  url: string,
): Promise<unknown> {
  const { status: code, body } = await inside.call(app, principal, {
    method,
    url: `/v1${url}`,
    ...(method === 'POST' && { body: {} }),
  });
  if (code < 300) return body;
  throw new CommandRefused(`${body?.title ?? 'It was refused.'} ${body?.detail ?? ''}`.trim());
}

/** A route refused what a command asked for; the text is for the chat. */
export class CommandRefused extends Error {
  override name = 'CommandRefused';
  readonly code = 'command_refused';
}

/** A chat steers what is its person's own, whatever else the person may do. */
async function ownDeployments(deps: CommandDeps, command: Command): Promise<Deployment[]> {
  const own = await deps.db.agentDeployment.findMany({
    where: { userId: command.principal.userId, status: { not: 'archived' } },
    select: { id: true },
    take: 100,
  });
  const views = await Promise.all(own.map(({ id }) => call(deps, command, 'GET', `/deployments/${id}`)));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API checks its answers
  return views as Deployment[];
}

async function openTrades(deps: CommandDeps, command: Command): Promise<Trade[]> {
  const ids = new Set((await ownDeployments(deps, command)).map(({ id }) => id));
  const trades: Trade[] = [];
  for (const deploymentId of ids) {
    const page = await call(
      deps,
      command,
      'GET',
      `/trades?phase=${OPEN}&limit=100&deploymentId=${deploymentId}`,
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API checks its answers
    trades.push(...(page as { items: Trade[] }).items);
  }
  return trades;
}

async function status(deps: CommandDeps, command: Command): Promise<string> {
  const [deployments, trades, brakes] = await Promise.all([
    ownDeployments(deps, command),
    openTrades(deps, command),
    deps.db.entryBrake.count({ where: { releasedAt: null } }),
  ]);
  const active = deployments.filter(({ status: each }) => each === 'active').length;
  return [
    `${active} of ${deployments.length} deployments take new trades`,
    `${trades.length} open trades`,
    brakes === 0 ? 'no brake is set' : `${brakes} brakes are set: entries may be held back`,
  ].join('\n');
}

const shortId = (id: string): string => id.slice(-6);

const describe = ({
  id,
  symbol,
  side,
  remainingSize,
  entryPrice,
  stopPrice,
  venue,
  phase,
}: Trade): string => {
  const where = `${venue ?? 'no venue yet'}${phase === 'open' ? '' : `, ${phase}`}`;
  const stop = stopPrice === null ? 'no stop yet' : `stop ${stopPrice}`;
  return `${shortId(id)} ${symbol} ${side} ${remainingSize ?? '-'} from ${entryPrice ?? '-'}, ${stop} (${where})`;
};

async function positions(deps: CommandDeps, command: Command): Promise<string> {
  const trades = await openTrades(deps, command);
  if (trades.length === 0) return 'No open trades.';
  const left = trades.length - MAX_SHOWN;
  return [...trades.slice(0, MAX_SHOWN).map(describe), ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
}

async function pnl(deps: CommandDeps, command: Command): Promise<string> {
  const deployments = await ownDeployments(deps, command);
  const today = Math.floor(deps.now() / DAY_MS) * DAY_MS;
  const spans = [
    ['today', today],
    ['7 days', today - 6 * DAY_MS],
    ['30 days', today - 29 * DAY_MS],
  ] as const;
  const lines = await Promise.all(
    spans.map(async ([name, from]) => {
      const nets = await Promise.all(deployments.map(({ id }) => netOf(deps, command, { id, from })));
      const net = nets.reduce((sum, each) => sum + each, 0);
      return `${name}: ${net.toFixed(2)} USD`;
    }),
  );
  return ['Realised profit after fees and funding (UTC days)', ...lines].join('\n');
}

/** For the eye only: what is billed and booked is a decimal. */
async function netOf(
  deps: CommandDeps,
  command: Command,
  { id, from }: { id: string; from: number },
): Promise<number> {
  const answer = await call(deps, command, 'GET', `/metrics/pnl?from=${from}&deploymentId=${id}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API checks its answers
  return Number((answer as Pnl).total?.netUsd ?? 0);
}

async function changeDeployments(
  deps: CommandDeps,
  command: Command,
  action: 'pause' | 'resume',
): Promise<string> {
  const from = action === 'pause' ? 'active' : 'paused';
  const deployments = (await ownDeployments(deps, command)).filter(({ status: each }) => each === from);
  for (const { id } of deployments) await call(deps, command, 'POST', `/deployments/${id}/${action}`);
  if (deployments.length === 0) return action === 'pause' ? 'None takes new trades.' : 'None is paused.';
  const names = deployments.map(({ agentName }) => agentName).join(', ');
  return action === 'pause'
    ? `${names}: no new trades. Open ones go on under their exits.`
    : `${names}: new trades again.`;
}

async function close(deps: CommandDeps, command: Command): Promise<string> {
  const wanted = command.argument.toLowerCase();
  if (wanted === '') return 'Say which: /close BTC, /close with the id of a trade, or /close all';
  const trades = (await openTrades(deps, command)).filter(
    ({ id, symbol }) =>
      wanted === 'all' || symbol.toLowerCase() === wanted || (wanted.length >= 6 && id.endsWith(wanted)),
  );
  if (trades.length === 0) return `You have no open trade ${command.argument}. See /positions`;
  const code = deps.confirmations.ask(command.chatId, { tradeIds: trades.map(({ id }) => id) });
  return [...trades.map(describe), `Send /confirm ${code} within a minute to close at the market.`].join(
    '\n',
  );
}

async function confirm(deps: CommandDeps, command: Command): Promise<string> {
  const confirmed = deps.confirmations.take(command.chatId, command.argument);
  if (!confirmed) return 'Nothing waits for that code. Ask again with /close';
  const lines: string[] = [];
  for (const id of confirmed.tradeIds) {
    const said = await call(deps, command, 'POST', `/trades/${id}/close`).then(
      () => 'closing now',
      (error: unknown) => (error instanceof CommandRefused ? error.message : 'cannot be closed now'),
    );
    lines.push(`${shortId(id)}: ${said}`);
  }
  return lines.join('\n');
}
