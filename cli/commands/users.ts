import { Command, Option } from 'commander';
import type { ApiClient } from '#api/client.ts';
import type { User } from '#api/schemas/user.ts';
import { ROLES, type Role } from '#domain/access.ts';
import { renderTable, utc, type Column } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';

interface Options {
  limit: number;
  json?: boolean;
}

interface UserOptions {
  role?: Role;
  wallet?: string;
  json?: boolean;
}

/** `signalman users`: who may use the system; `add` adds a user, `set` changes one. */
export const usersCommand = (): Command =>
  new Command('users')
    .description('list users, newest first, or add and change them (for admins)')
    .enablePositionalOptions()
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(addCommand())
    .addCommand(setCommand());

const roleOption = () => new Option('--role <role>', 'what the user may do').choices(ROLES);

const addCommand = (): Command =>
  new Command('add')
    .description('add a user, who signs in with a wallet')
    .argument('<name>', 'such as maria')
    .addOption(roleOption().default('user'))
    .option('--wallet <address>', 'the wallet that signs the user in')
    .option('--json', 'print JSON')
    .action(async (name: string, { role, wallet, json }: UserOptions) => {
      const { api, out } = openContext();
      const made = await api.post<User>('/users', {
        name,
        role,
        walletAddress: wallet ?? null,
      });
      if (json) return out.json(made);
      out.line(`user ${made.name} (${made.role}) ${made.id}`);
    });

const setCommand = (): Command =>
  new Command('set')
    .description('change the role or the wallet of a user, or lock the user out')
    .argument('<name>', 'name or id, as listed by `signalman users`')
    .addOption(roleOption())
    .option('--wallet <address>', 'the wallet that signs the user in')
    .option('--disable', 'end all keys and sessions of the user')
    .option('--enable', 'let the user in again')
    .option('--json', 'print JSON')
    .action(change);

async function change(
  name: string,
  { role, wallet, disable, enable, json }: UserOptions & { disable?: boolean; enable?: boolean },
): Promise<void> {
  const { api, out } = openContext();
  const { id } = await findUser(api, name);
  const changed = await api.patch<User>(`/users/${id}`, {
    ...(role && { role }),
    ...(wallet !== undefined && { walletAddress: wallet }),
    ...((disable ?? enable) && { disabled: disable ?? false }),
  });
  if (json) return out.json(changed);
  out.line(`user ${changed.name} is ${statusOf(changed)} as ${changed.role}, wallet ${walletOf(changed)}`);
}

async function findUser(api: ApiClient, nameOrId: string): Promise<User> {
  const users = await api.list<User>('/users', MAX_ROWS);
  const found = users.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found;
  throw new CliError(`there is no user ${nameOrId}; list users with: signalman users`);
}

async function list({ limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const users = await api.list<User>('/users', limit);
  if (json) return out.json({ users });
  for (const line of renderTable(COLUMNS, users, out.colors)) out.line(line);
}

const statusOf = ({ disabledAt }: User): string => (disabledAt === null ? 'active' : 'locked out');
const walletOf = ({ walletAddress }: User): string => walletAddress ?? 'none';

const COLUMNS: Column<User>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'ROLE', cell: ({ role }) => role },
  { title: 'WALLET', cell: walletOf },
  { title: 'ADDED (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'STATUS', cell: statusOf },
];
