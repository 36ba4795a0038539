import type { StatedRoute } from './plugins/access.ts';
import { markdownTable } from './markdown-table.ts';

/** Returns who may call which route, as `docs/access.md` has it. */
export function accessTable(routes: readonly StatedRoute[]): string {
  const rows = routes.map(({ method, url, access }) => [
    `\`${method} ${url}\``,
    access.scope === 'open' ? 'open' : `\`${access.scope}\``,
    access.scope === 'open' ? '' : `\`${access.role ?? 'user'}\``,
    ROWS[access.rows],
    access.needsProof ? 'yes' : '',
  ]);
  return `${HEAD}\n${markdownTable(['Route', 'Scope', 'Least role', 'Rows', 'Fresh signature'], rows.sort(byPath)).join('\n')}\n`;
}

const ROWS: Record<StatedRoute['access']['rows'], string> = {
  none: '',
  shared: 'the same for all',
  own: 'own',
  published: 'own, and published agents',
  all: 'all',
};

const HEAD = `# Who may what

Generated from what each route states (\`config.access\`, [api/plugins/access.ts](../api/plugins/access.ts)); a test compares, and another walks every route as nobody, as another user, as the owner, as an admin, with an expired session and with a revoked key.

Open routes need no sign-in. All others need a key or a session that has the scope and whose user has at least the role. A route of own rows answers rows of others with 404, as rows that are not there; for an admin who comes with the scope \`admin\`, own are all. A session needs a signature of at most five minutes where the last column says so; a key does not ([API](api.md#with-a-wallet)).
`;

const byPath = ([a = '']: string[], [b = '']: string[]): number => pathOf(a).localeCompare(pathOf(b), 'en');
const pathOf = (route: string): string => route.replace(/^`\w+ /, '');
