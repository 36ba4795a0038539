import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const command = new URL('./sandbox.ts', import.meta.url).href;
const ADDRESS = '0x14791697260e4c9a71f18484c9f997b308e59325';

function start(...args: string[]) {
  const program = `
    const { sandboxCommand } = await import(${JSON.stringify(command)});
    await sandboxCommand().parseAsync(${JSON.stringify(args)}, { from: 'user' });
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [line = ''] = await firstLines(stream, 1);
  return line;
}

async function firstLines(stream: NodeJS.ReadableStream, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) if (lines.push(line) === count) break;
  return lines;
}

it('prints where it listens as JSON, serves funded accounts, and ends when interrupted', async () => {
  const child = start('hyperliquid', '--json', '--seed', '1', '--fund', `${ADDRESS}=250.5`);
  const { url, network }: { url: string; network: string } = JSON.parse(await firstLine(child.stdout));
  expect(network).toBe('testnet');
  const body = JSON.stringify({ type: 'clearinghouseState', user: ADDRESS });
  const response = await fetch(`${url}/info`, { method: 'POST', body });
  expect(await response.json()).toMatchObject({ withdrawable: '250.5' });
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
});

it('tells people where it is, what it funded and where its prices come from', async () => {
  const faults = ['--fault', 'http=503:info', '--fault', 'loseAnswer:order'];
  const child = start('hyperliquid', '--seed', '7', '--fund', `${ADDRESS}=250.5`, ...faults);
  const lines = await firstLines(child.stdout, 5);
  const [, url] = /at (http:\S+)$/.exec(lines[0]!) ?? [];
  expect(lines).toEqual([
    `Hyperliquid sandbox (testnet) at ${url}`,
    `  WebSocket ${url?.replace('http', 'ws')}/ws, control ${url}/control`,
    '  prices generated from seed 7',
    `  account ${ADDRESS} with 250.5 USDC`,
    '  faults armed: 2',
  ]);
  const statuses = [];
  for (let i = 0; i < 2; i++) {
    const body = JSON.stringify({ type: 'allMids' });
    statuses.push((await fetch(`${url}/info`, { method: 'POST', body })).status);
  }
  expect(statuses).toEqual([503, 200]);
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
});

it.each([
  [['--network', 'moon'], '--network: must be testnet or mainnet, not moon'],
  [['--fund', 'me=1'], '--fund: must be 0xADDRESS=USDC, not me=1'],
  [['--prices', '/nowhere.csv'], '/nowhere.csv:0: file:'],
  [['--port', 'x'], '--port: not a valid number: x'],
  [['--fault', 'http=200:order'], '--fault http=200:order: needs a number from 400 to 599, not 200'],
])('refuses %j with one line and status 2', async (args, line) => {
  const child = start('hyperliquid', ...args);
  const exit = new Promise((resolve) => child.once('exit', resolve));
  expect(await firstLine(child.stderr)).toContain(line);
  expect(await exit).toBe(2);
});

it('stands in for a language model, with a fault on request', async () => {
  const child = start('llm', '--json', '--fault', 'serverError:count=1');
  const { baseUrl }: { baseUrl: string } = JSON.parse(await firstLine(child.stdout));
  const ask = async () =>
    fetch(`${baseUrl}/responses`, {
      method: 'POST',
      body: JSON.stringify({ model: 'any', input: 'Long BTC' }),
    });
  expect([(await ask()).status, (await ask()).status]).toEqual([500, 200]);
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
});

it.each([
  ['moon', '--fault moon: kind of fault must be one of'],
  ['cut=1', '--fault cut=1: takes no value, not 1'],
  ['cut:x=1', '--fault cut:x=1: must be count=N or matching=TEXT, not x=1'],
])('the stand-in refuses the fault %s with one line and status 2', async (fault, line) => {
  const child = start('llm', '--fault', fault);
  const exit = new Promise((resolve) => child.once('exit', resolve));
  expect(await firstLine(child.stderr)).toContain(line);
  expect(await exit).toBe(2);
});
