import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';

const DIST = fileURLToPath(new URL('../web/dist', import.meta.url));
const ENTRY = 'index.html';

const manifest = z.record(
  z.string(),
  z.object({ file: z.string(), imports: z.array(z.string()).default([]) }),
);

/** JavaScript that a browser loads for a page, in bytes. */
export interface PageSize {
  page: string;
  /** As the API sends it. */
  brotli: number;
  gzip: number;
  whole: number;
  budget: number;
}

const FIRST_LOAD_BYTES = 150_000;
const CHART_BYTES = 250_000;

/** Pages and what they may load; the page of a trade is the one with the chart. */
const BUDGETS = [
  ['positions/positions-page', FIRST_LOAD_BYTES],
  ['trades/trades-page', FIRST_LOAD_BYTES],
  ['signals/signals-page', FIRST_LOAD_BYTES],
  ['home/home-page', FIRST_LOAD_BYTES],
  ['agent/agent-page', FIRST_LOAD_BYTES],
  ['deployments/deployments-page', FIRST_LOAD_BYTES],
  ['sources/sources-page', FIRST_LOAD_BYTES],
  ['bills/bills-page', FIRST_LOAD_BYTES],
  ['operator/operator-page', FIRST_LOAD_BYTES],
  ['settings/settings-page', FIRST_LOAD_BYTES],
  ['trade/trade-page', CHART_BYTES],
] as const;

/** Returns the size of each page of the built interface: what every page needs, and its own part with what that imports. */
export function measurePages(): PageSize[] {
  const known = manifest.parse(JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')));
  return BUDGETS.map(([page, budget]) => {
    const files = new Set([...filesOf(known, ENTRY), ...filesOf(known, `src/pages/${page}.tsx`)]);
    return { page, ...sumOf([...files]), budget };
  });
}

function filesOf(known: z.output<typeof manifest>, name: string, seen = new Set<string>()): string[] {
  const part = known[name];
  if (!part) throw new Error(`the build has no ${name}`);
  if (seen.has(name)) return [];
  seen.add(name);
  return [part.file, ...part.imports.flatMap((each) => filesOf(known, each, seen))];
}

function sumOf(files: readonly string[]): Pick<PageSize, 'brotli' | 'gzip' | 'whole'> {
  const total = { brotli: 0, gzip: 0, whole: 0 };
  for (const file of files) {
    const content = readFileSync(join(DIST, file));
    total.whole += content.length;
    total.gzip += gzipSync(content).length;
    // A file that does not shrink has no compressed copy.
    total.brotli += statSync(join(DIST, `${file}.br`), { throwIfNoEntry: false })?.size ?? content.length;
  }
  return total;
}
