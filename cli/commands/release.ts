import { Command } from 'commander';
import type { Brake } from '#api/schemas/brake.ts';
import { CliError } from '../cli-error.ts';
import { MAX_ROWS, openContext } from '../context.ts';
import { heldBack } from '../render/brake.ts';
import { shortId } from '#terminal/output.ts';

/** `signalman release`: ends brakes. */
export const releaseCommand = (): Command =>
  new Command('release')
    .description('let entries pass again: end brakes; a limit that has set one counts from then on')
    .argument('[ids...]', 'the brakes, each by its id or the last 6 or more characters of it')
    .option('--all', 'end every brake in force')
    .option('--json', 'print JSON')
    .action(run);

async function run(ids: readonly string[], { all, json }: { all?: boolean; json?: boolean }): Promise<void> {
  if (ids.length > 0 === (all === true)) throw new CliError('give ids of brakes, or --all', 2);
  const { api, out } = openContext();
  const inForce = all ? await api.list<Brake>('/brakes', MAX_ROWS, { inForce: 'true' }) : [];
  const released: Brake[] = [];
  for (const id of all ? inForce.map((brake) => brake.id) : ids)
    released.push(await api.post<Brake>(`/brakes/${encodeURIComponent(id)}/release`));
  if (json) return out.json({ released });
  for (const brake of released)
    out.line(`brake ${shortId(brake.id)} has ended: it stopped ${heldBack(brake)}`);
  const rest = await api.list<Brake>('/brakes', MAX_ROWS, { inForce: 'true' });
  if (rest.length > 0) return out.line(`${rest.length} in force still: see signalman brakes`);
  out.line('nothing stops entries');
}
