import { Option, type Command } from 'commander';
import type { ApiClient } from '#api/client.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { VENUES } from '#domain/ids.ts';
import { LIFE_STATUSES } from '#domain/statuses.ts';
import { CliError } from '../cli-error.ts';
import { MAX_ROWS } from '../context.ts';

/** Which deployments a command is about. */
export interface Selection {
  all?: boolean;
  agent?: string;
  wallet?: string;
  venue?: string;
  status?: string;
}

/** Adds what selects deployments to a command. */
export const withSelection = (command: Command): Command =>
  command
    .argument(
      '[deployments...]',
      'each by the last 6 or more characters of its id, by the name of its agent, or by its wallet',
    )
    .option('--all', 'every deployment that has not ended')
    .option('--agent <name>', 'only of this agent')
    .option('--wallet <address>', 'only for this wallet')
    .addOption(new Option('--venue <name>', 'only those with a key that signs there').choices(VENUES))
    .addOption(
      new Option('--status <status>', 'only in this status (default: active and paused)').choices(
        LIFE_STATUSES,
      ),
    );

const LEAST_PART = 6;

/**
 * Returns the deployments that are named or meet every option, oldest first; without any name or option all that have
 * not ended.
 *
 * @throws {CliError} for a name that names none, and when nothing is left.
 */
export async function selectDeployments(
  api: ApiClient,
  names: readonly string[],
  selection: Selection,
): Promise<Deployment[]> {
  const all = (await api.list<Deployment>('/deployments', MAX_ROWS)).toReversed();
  const isAsked = ({ status }: Deployment): boolean =>
    selection.status === undefined ? status !== 'archived' : status === selection.status;
  const among = all.filter((each) => isAsked(each) && meets(each, selection));
  const unknown = names.find((name) => !all.some((each) => isNamed(each, name)));
  if (unknown !== undefined) throw new CliError(`no deployment, agent or wallet is called ${unknown}`);
  const found =
    names.length === 0 ? among : among.filter((each) => names.some((name) => isNamed(each, name)));
  if (found.length === 0) throw new CliError('no deployment is like that; see: signalman deployments');
  return found;
}

/** @throws {CliError} with status 2 when neither a name nor an option says which deployments are meant. */
export function requireSelection(
  names: readonly string[],
  { all, agent, wallet, venue, status }: Selection,
): void {
  const query = [agent, wallet, venue, status];
  const isGiven = names.length > 0 || query.some((value) => value !== undefined);
  if (isGiven === (all !== true)) return;
  const why = isGiven ? '--all goes with no name and no query' : 'name deployments, or say --all';
  throw new CliError(why, 2);
}

const isNamed = ({ id, agentName, walletAddress }: Deployment, name: string): boolean =>
  agentName === name ||
  walletAddress === name.toLowerCase() ||
  (name.length >= LEAST_PART && id.endsWith(name.toLowerCase()));

const meets = (
  { agentName, walletAddress, tradingKeys }: Deployment,
  { agent, wallet, venue }: Selection,
): boolean =>
  (agent === undefined || agentName === agent) &&
  (wallet === undefined || walletAddress === wallet.toLowerCase()) &&
  (venue === undefined || tradingKeys.some((key) => key.active && key.venue === venue));
