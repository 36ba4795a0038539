import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measurePages } from '../../bench/web-files.ts';
import { announceWallet, WALLET_NAME } from '#tests/support/browser-wallet.ts';
import { findBarriers, findBrowser, startBrowser } from '#tests/support/browser.ts';
import { asId, type Symbol } from '#domain/ids.ts';
import { saveBars } from '#prisma/repositories/price-bars.ts';
import { startTradingSystem, until, type TradingSystem } from '#tests/support/trading-system.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Written anew with `SIGNALMAN_WRITE_PICTURES=true`. */
const PICTURES = join(ROOT, 'docs', 'web');
const PAGES = [
  '/positions',
  '/trades',
  '/signals',
  '/',
  '/deployments',
  '/sources',
  '/bills',
  '/operator',
  '/settings',
];
const PICTURED = new Set(['/positions light', '/operator dark']);
const browserPath = findBrowser();

let system: TradingSystem;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let url: string;
/** What the browser complained of, refusals of the content security policy among it. */
const complaints: string[] = [];

describe.skipIf(browserPath === null)('the web interface', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(ROOT, 'web/build.ts'), '--if-stale'], { stdio: 'inherit' });
    system = await startTradingSystem();
    for (const [coin, price] of Object.entries({ BTC: 50_000, ETH: 3_000, SOL: 150 }))
      system.sandbox.setPrice(coin, price);
    await system.startWorker();
    await rememberPrices('BTC', 50_000);
    await system.app.listen({ host: '127.0.0.1', port: 0 });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    url = `http://127.0.0.1:${(system.app.server.address() as AddressInfo).port}`;
    browser = await startBrowser(browserPath ?? '');
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    watchFor(page);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  test('a page needs a sign-in; a key opens a session, and stays in no script’s reach', async () => {
    await page.goto(`${url}/positions`);
    await page.getByRole('heading', { name: 'Sign in to Signalman' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('With an API key').fill('sk-a-key-that-nobody-has-made-000000000000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('A valid API key').waitFor();
    await page.getByLabel('With an API key').fill(system.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Positions' }).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    const kept = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie])',
    );
    expect(kept).not.toContain(system.key);
    expect(kept).not.toContain(cookie?.value);
  });

  test('a post becomes a trade while one looks; its stop is moved, it is closed, and its bill is shown', async () => {
    await page.getByText('Nothing is open.').waitFor();
    await post('Buying $BTC here, dollar is rolling over. Stop 4%, target 8%.');
    const row = page.getByRole('row').filter({ hasText: 'BTC' });
    await row.waitFor();
    expect(await row.innerText()).toContain('Long');
    await until('a stop on the page', async () => (await row.innerText()).includes('48,0'));

    await row.getByRole('link', { name: 'BTC' }).click();
    await page.locator('blockquote', { hasText: 'dollar is rolling over' }).waitFor();
    await page.getByRole('button', { name: 'Move stop' }).click();
    await page.getByLabel('New stop').fill('49000');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Move the stop' }).click();
    await page.getByText('Stop of BTC rests at 49,000').waitFor();
    await page.getByText('trade adjust barriers').waitFor();

    system.sandbox.setPrice('BTC', 51_000);
    await page.getByRole('button', { name: 'Close BTC long' }).click();
    await picture('close');
    expect(await findBarriers(page)).toEqual([]);
    await hold('Hold to close');
    await page.getByText('force close').first().waitFor();
    await page.getByRole('cell', { name: 'trade fee' }).waitFor();
    const trade = await system.db.trade.findFirstOrThrow({ where: { symbol: 'BTC' } });
    expect(trade).toMatchObject({ phase: 'closed', exitReason: 'force_close' });
    await picture('trade');

    await page.getByRole('link', { name: 'Bills' }).click();
    await page.getByRole('cell', { name: 'Trade fee' }).first().waitFor();
    await page.getByText('0.20').first().waitFor();
  });

  test('a call that nobody can trade is listed with its reason', async () => {
    await post('Long $ZORBLAX now, stop 2%, tp 10%. This one flies under the radar.');
    await page.goto(`${url}/signals`);
    await page.getByRole('button', { name: 'Why not traded' }).click();
    expect(await page.getByText('ZORBLAX').first().innerText()).toContain('ZORBLAX');
  });

  test('entries are stopped everywhere by the keyboard alone, and a brake is shown on each page', async () => {
    await page.goto(`${url}/operator`);
    await page.getByRole('button', { name: 'Stop all entries' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Reason').fill('news at eight');
    await page.getByLabel('Type stop to confirm').fill('stop');
    await page.keyboard.press('Enter');
    await page.getByText('All entries are stopped').waitFor();
    expect(await system.db.entryBrake.count({ where: { reason: 'news at eight', releasedAt: null } })).toBe(
      1,
    );
    await page.getByRole('button', { name: 'Release the brake on Everything' }).click();
    await page.getByText('Entries pass everywhere.').waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'every page is free of barriers in the %s theme',
    async (colorScheme) => {
      await post('$ETH rejected at the range high. Shorting ETH, SL 5%, TP 8%');
      await until('ETH to be open', () =>
        system.db.trade.findFirst({ where: { symbol: 'ETH', phase: 'open' } }),
      );
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const agent = await system.db.agent.findFirstOrThrow();
      const trade = await system.db.trade.findFirstOrThrow({ where: { symbol: 'ETH' } });
      const barriers: string[] = [];
      for (const path of [...PAGES, `/agents/${agent.id}`, `/trades/${trade.id}`]) {
        await page.goto(url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await until('everything to be read', async () => (await page.locator('.loading').count()) === 0);
        for (const found of await findBarriers(page)) barriers.push(`${path} ${found}`);
        if (PICTURED.has(`${path} ${colorScheme}`)) await picture(`${path.slice(1)}-${colorScheme}`);
      }
      expect(barriers).toEqual([]);
    },
  );

  test('no page is wider than a phone', async () => {
    await page.setViewportSize({ width: 320, height: 700 });
    const wide: string[] = [];
    for (const path of PAGES) {
      await page.goto(url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (width > 320) wide.push(`${path}: ${width}`);
    }
    expect(wide).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a wallet signs in, deploys an agent, approves its key, and sees nothing of others', async () => {
    const owner = Wallet.createRandom();
    system.sandbox.fund(owner.address, '10000');
    const added = await system.call('POST', '/users', {
      name: 'maria',
      role: 'creator',
      walletAddress: owner.address,
    });
    expect(added.status).toBe(201);
    const own = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const other = await own.newPage();
    await announceWallet(other, owner);
    await other.goto(`${url}/agents/new`);
    await other.getByRole('button', { name: WALLET_NAME }).click();
    await other.getByLabel('Name').fill('marias calls');
    await other.getByLabel('Stop', { exact: true }).fill('4');
    expect(await findBarriers(other)).toEqual([]);
    await other.getByRole('button', { name: 'Create the agent' }).click();
    await other.getByRole('link', { name: 'Deploy', exact: true }).click();
    await other.getByRole('button', { name: `Use ${WALLET_NAME}` }).click();
    await until('the address', async () => (await other.getByLabel('Wallet').inputValue()) === owner.address);
    expect(await findBarriers(other)).toEqual([]);
    await other.getByRole('button', { name: 'Make the trading key' }).click();
    await other.getByRole('button', { name: `Approve with ${WALLET_NAME}` }).click();
    await other.getByRole('heading', { name: 'It trades' }).waitFor();
    const [key] = await system.db.tradingKey.findMany({
      where: { deployment: { walletAddress: owner.address.toLowerCase() } },
    });
    expect(key?.status).toBe('approved');

    const foreign = await system.db.trade.findFirstOrThrow({ where: { symbol: 'ETH', phase: 'open' } });
    await other.goto(`${url}/positions`);
    await other.getByText('Nothing is open.').waitFor();
    await other.goto(`${url}/trades/${foreign.id}`);
    await other.getByText('There is no such trade.').waitFor();
    await other.goto(`${url}/operator`);
    await other.getByText('You may not see this.').first().waitFor();
    await own.close();
  });

  test('no page loads more JavaScript than its budget', () => {
    expect(measurePages().filter(({ brotli, budget }) => brotli > budget)).toEqual([]);
  });

  test('two tabs share one stream, and the second goes on when the first is closed', async () => {
    const opened: string[] = [];
    context.on('request', (request) => {
      if (request.url().includes('/v1/events')) opened.push(request.url());
    });
    await page.goto(`${url}/positions`);
    await page.getByTitle('Events arrive as they happen').waitFor();
    expect(opened).toHaveLength(1);
    const second = await context.newPage();
    await second.goto(`${url}/positions`);
    await second.getByTitle('Events arrive as they happen').waitFor();
    expect(opened).toHaveLength(1);
    await page.close();
    await until('the stream of the second tab', async () => opened.length === 2);
    page = second;
    watchFor(page);
  });

  test('signing out ends the session; the browser had nothing to complain of', async () => {
    await page.goto(`${url}/settings`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Signalman' }).waitFor();
    expect(complaints).toEqual([]);
  });
});

/** Notes what the browser complains of; a refused sign-in is meant. */
function watchFor(tab: Page): void {
  tab.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  tab.on('pageerror', (error) => complaints.push(error.message));
}

let sourceId: string | undefined;

/** Posts words to a source that an agent with a deployment listens to; both are made with the first post. */
async function post(text: string): Promise<void> {
  sourceId ??= await listeningAgent();
  const { status } = await system.call('POST', `/sources/${sourceId}/messages`, {
    text,
    author: '@macro_mara',
  });
  expect(status).toBe(201);
}

async function listeningAgent(): Promise<string> {
  const source = await system.call('POST', '/sources', { kind: 'manual', handle: 'desk' });
  const agent = await system.call('POST', '/agents', {
    name: 'macro_mara',
    minConfidence: 0.3,
    maxDriftPct: 50,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    sources: [{ sourceId: source.body.id, weight: 100 }],
  });
  const deployed = await system.call('POST', `/agents/${agent.body.id}/deployments`, {
    maxNotionalUsd: '5000',
    fundUsdc: '10000',
  });
  expect([source.status, agent.status, deployed.status]).toEqual([201, 201, 201]);
  return source.body.id;
}

/** Holds a button down until what it does has begun. */
async function hold(name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  const box = await button.boundingBox();
  if (!box) throw new Error(`${name} is not to be seen`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.locator('.dialog').waitFor({ state: 'hidden' });
  await page.mouse.up();
}

async function picture(name: string): Promise<void> {
  if (process.env['SIGNALMAN_WRITE_PICTURES'] !== 'true') return;
  mkdirSync(PICTURES, { recursive: true });
  await page.mouse.move(0, 0);
  for (const message of await page.getByRole('button', { name: 'Dismiss' }).all()) await message.click();
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

const BAR_MS = 5_000;

/** Writes five minutes of prices down, as a watcher would have, for a chart that shows something. */
async function rememberPrices(symbol: string, last: number): Promise<void> {
  const now = Date.now();
  const bars = Array.from({ length: 60 }, (_, ago) => {
    const at = (back: number) =>
      last + Math.round(220 * Math.sin(back / 7) + 90 * Math.sin(back * 1.7)) * Math.min(1, back / 9);
    const [open, close] = [at(ago + 1), at(ago)];
    return {
      symbol: asId<Symbol>(symbol),
      openedAt: now - (ago + 1) * BAR_MS,
      open: open.toFixed(1),
      high: (Math.max(open, close) + 40).toFixed(1),
      low: (Math.min(open, close) - 40).toFixed(1),
      close: close.toFixed(1),
      seenUntil: now - ago * BAR_MS - 1,
    };
  });
  await saveBars(system.db, 'hyperliquid', BAR_MS, bars);
}
