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
  for await (const line of createInterface({ input: stream })) return line;
  return '';
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

it.each([
  [['--network', 'moon'], '--network: must be testnet or mainnet, not moon'],
  [['--fund', 'me=1'], '--fund: must be 0xADDRESS=USDC, not me=1'],
  [['--prices', '/nowhere.csv'], '/nowhere.csv:0: file:'],
])('refuses %j with one line and status 2', async (args, line) => {
  const child = start('hyperliquid', ...args);
  const exit = new Promise((resolve) => child.once('exit', resolve));
  expect(await firstLine(child.stderr)).toContain(line);
  expect(await exit).toBe(2);
});
