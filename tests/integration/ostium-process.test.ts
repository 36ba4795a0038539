import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { JsonRpcProvider } from 'ethers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProcesses } from '#process/identity.ts';
import { OstiumTestVenue, until } from '../support/ostium-test-venue.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const OWNER = '0x14791697260e4c9a71f18484c9f997b308e59325';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostium-sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(
  ...args: string[]
): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const child = spawn(process.execPath, [MAIN, 'sandbox', 'ostium', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return '';
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('exit', resolve);
  });

/** The nodes that keep their chain in the test's folder. */
const nodes = () => findProcesses('anvil', folder);

it.each([
  ['SIGTERM', 0],
  ['SIGINT', 0],
  ['SIGKILL', null],
] as const)('says on one line where it is, and its chain ends with it on %s', async (signal, code) => {
  const child = start('--json', '--seed', '1', '--state', folder, '--fund', `${OWNER}=12.5`);
  const venue: unknown = JSON.parse(await firstLine(child.stdout));
  const address = expect.stringMatching(/^0x[0-9a-fA-F]{40}$/);
  const trader = { address, privateKey: expect.stringMatching(/^0x[0-9a-f]{64}$/) };
  expect(venue).toEqual({
    rpcUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/rpc$/),
    graphUrl: expect.any(String),
    priceUrl: expect.any(String),
    chainId: 421_614,
    contracts: { usdc: address, trading: address, tradingStorage: address },
    traders: expect.arrayContaining([trader, trader]),
  });
  const provider = new JsonRpcProvider((venue as { rpcUrl: string }).rpcUrl, 421_614, {
    staticNetwork: true,
  });
  expect(await provider.getBalance(OWNER)).toBe(10n * 10n ** 18n);
  provider.destroy();
  expect(nodes()).not.toEqual([]);
  const exit = exitOf(child);
  child.kill(signal);
  expect(await exit).toBe(code);
  await until('the chain to end', () => Promise.resolve(nodes().length === 0 || undefined));
});

it('ends when npm is ended, whose shell passes no signal on', async () => {
  const command = `"$0" "$1" sandbox ostium --json --state "$2"; exit`;
  const env = { ...process.env, npm_command: 'exec' };
  const shell = spawn('sh', ['-c', command, process.execPath, MAIN, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  children.push(shell);
  expect(await firstLine(shell.stdout)).toContain('rpcUrl');
  shell.kill('SIGTERM');
  await until('the chain to end', () => Promise.resolve(nodes().length === 0 || undefined));
});

it.each([
  [['--fund', 'me=1'], '--fund: must be 0xADDRESS=USDC, not me=1'],
  [['--port', 'x'], '--port: not a valid number: x'],
  [['--prices', '/nowhere.csv'], '/nowhere.csv:0: file:'],
  [['--prices', 'x.csv', '--pair', 'ABC-DEF'], 'unknown pair ABC-DEF'],
])('refuses %j with one line and status 2', async (args, line) => {
  const child = start(...args);
  const exit = exitOf(child);
  expect(await firstLine(child.stderr)).toContain(line);
  expect(await exit).toBe(2);
});

it('goes on with chain, books and prices after a restart', async () => {
  const first = await OstiumTestVenue.open({ stateDir: folder });
  first.sandbox.control.setPrice('EUR-USD', '1.3');
  const order = await first.trader.open();
  await first.settled(order);
  const balance = await first.trader.balance();
  await first.close();

  const second = await OstiumTestVenue.open({ stateDir: folder });
  expect(await second.trader.balance()).toBe(balance);
  expect(await second.graph('{ trades { id isOpen } }')).toEqual({
    trades: [{ id: `${order}`, isOpen: true }],
  });
  expect(second.sandbox.control.state().prices).toMatchObject({ 'EUR-USD': '1.3' });
  expect(await second.settled(await second.trader.close())).toMatchObject({ name: 'MarketCloseExecutedV2' });
  await second.close();
});
