import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startHyperliquidSandbox } from '../server.ts';
import { TRADER, TRADER_KEY, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';

let folder: string;
let statePath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hyperliquid-sandbox-'));
  statePath = join(folder, 'state.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const look = async (info: InfoClient) => ({
  state: { ...(await info.clearinghouseState({ user: TRADER })), time: 0 },
  open: await info.frontendOpenOrders({ user: TRADER }),
  history: await info.historicalOrders({ user: TRADER }),
  fills: await info.userFills({ user: TRADER }),
  agents: await info.extraAgents({ user: TRADER }),
  ledger: await info.userNonFundingLedgerUpdates({ user: TRADER }),
  candles: await info.candleSnapshot({ coin: 'BTC', interval: '1d', startTime: 0 }),
  mids: await info.allMids(),
});

it('brings back accounts, orders, fills, candles and marks', async () => {
  const first = await openTrader({ statePath });
  await first.exchange.updateLeverage({ asset: 0, isCross: false, leverage: 7 });
  await statusesOf(
    first,
    [
      limit({ b: true, p: '105000', s: '0.01', c: cloid(1) }),
      trigger('sl', { b: false, p: '95000', s: '0.01', c: cloid(2) }),
      trigger('tp', { b: false, p: '110000', s: '0.01', c: cloid(3) }),
    ],
    'normalTpsl',
  );
  await first.exchange.approveAgent({ agentAddress: `0x${'ab'.repeat(20)}`, agentName: 'bot' });
  first.sandbox.setPrice('BTC', 98_000);
  const before = await look(first.info);
  await first.close();

  const sandbox = await startHyperliquidSandbox({ statePath, fund: { [TRADER]: '5' } });
  const info = new InfoClient({ transport: new HttpTransport({ apiUrl: sandbox.url, isTestnet: true }) });
  expect(await look(info)).toEqual(before);
  sandbox.setPrice('BTC', 94_000);
  expect(await info.orderStatus({ user: TRADER, oid: cloid(3) })).toMatchObject({
    order: { status: 'siblingFilledCanceled' },
  });
  await sandbox.close();
});

it('forgets nothing it answered when it is killed', async () => {
  const child = await startChild();
  const transport = new HttpTransport({ apiUrl: child.url, isTestnet: true });
  const exchange = new ExchangeClient({ transport, wallet: new Wallet(TRADER_KEY) });
  for (let i = 1; i <= 5; i++)
    await exchange.order({
      orders: [limit({ b: true, p: '110000', s: '0.001', tif: 'FrontendMarket', c: cloid(i) })],
      grouping: 'na',
    });
  child.process.kill('SIGKILL');
  await new Promise((resolve) => child.process.once('exit', resolve));

  const sandbox = await startHyperliquidSandbox({ statePath });
  const info = new InfoClient({ transport: new HttpTransport({ apiUrl: sandbox.url, isTestnet: true }) });
  const fills = await info.userFills({ user: TRADER });
  expect(fills.map((fill) => fill.cloid).toReversed()).toEqual([1, 2, 3, 4, 5].map(cloid));
  await sandbox.close();
});

it('leaves out a last line that was cut off, and names any other bad one', async () => {
  const first = await openTrader({ statePath });
  await first.close();
  writeFileSync(statePath, `${readFileSync(statePath, 'utf8')}{"oid":8600000`);
  await (await startHyperliquidSandbox({ statePath })).close();
  writeFileSync(statePath, 'nonsense\n');
  await expect(startHyperliquidSandbox({ statePath })).rejects.toThrow(`${statePath}:1: not a state record`);
});

async function startChild(): Promise<{ process: ChildProcess; url: string }> {
  const server = new URL('../server.ts', import.meta.url).href;
  const program = `
    const { startHyperliquidSandbox } = await import(${JSON.stringify(server)});
    const sandbox = await startHyperliquidSandbox(${JSON.stringify({ statePath, fund: { [TRADER]: '10000' } })});
    console.log(sandbox.url);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const url of createInterface({ input: child.stdout })) return { process: child, url };
  throw new Error('the sandbox ended before it said where it listens');
}
