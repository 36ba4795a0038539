import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where Debian, other systems and a person put Chromium. */
const PLACES = [
  process.env['SIGNALMAN_TEST_BROWSER'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Returns the path of a browser; null where there is none, so that a test can say so and be left out.
 *
 * @throws in CI, where a run without a browser would prove nothing.
 */
export function findBrowser(): string | null {
  const found = PLACES.find((place) => place !== undefined && existsSync(place));
  if (found !== undefined) return found;
  const hint =
    'no Chromium is installed (Debian: apt-get install chromium), or named by SIGNALMAN_TEST_BROWSER';
  if (process.env['CI'] === 'true') throw new Error(hint);
  console.warn(`tests of the web interface are left out: ${hint}`);
  return null;
}

/** Starts a browser without a window. The caller closes it. */
export const startBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ARGUMENTS });

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe says of a page, one line for each rule and element. */
type Axe = { violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] };

/** Returns what is wrong with a page by WCAG 2.2 AA, as axe finds it; empty when nothing is. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<Axe>(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
