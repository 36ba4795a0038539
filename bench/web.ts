import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { measurePages, type PageSize } from './web-files.ts';

const BUILD = fileURLToPath(new URL('../web/build.ts', import.meta.url));

const command = new Command('web')
  .description(
    'how much compressed JavaScript each page of the web interface loads; ends with 1 past the budget',
  )
  .option('--json', 'print one object of JSON');

/** Builds the interface where it is old, and measures what a browser loads for each page. */
export async function run(args: readonly string[]): Promise<void> {
  const { json } = command.parse(args, { from: 'user' }).opts<{ json?: boolean }>();
  execFileSync(process.execPath, [BUILD, '--if-stale'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const pages = measurePages();
  process.stdout.write(`${json ? JSON.stringify({ pages }) : render(pages)}\n`);
  if (pages.some(({ brotli, budget }) => brotli > budget)) process.exitCode = 1;
}

const kB = (bytes: number): string => (bytes / 1_000).toFixed(1).padStart(7);

const render = (pages: readonly PageSize[]): string =>
  [
    'JavaScript of a first load, kB: as sent (brotli), gzip, whole, budget',
    ...pages.map(
      ({ page, brotli, gzip, whole, budget }) =>
        `${page.padEnd(30)}${kB(brotli)}${kB(gzip)}${kB(whole)}${kB(budget)}${brotli > budget ? '  PAST THE BUDGET' : ''}`,
    ),
  ].join('\n');
