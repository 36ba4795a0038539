import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Wallet } from 'ethers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStateDir, type RunRecord } from '#local/state-dir.ts';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { allEnded, processesOf } from '#tests/support/running-up.ts';
import { until } from '#tests/support/trading-system.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TESTNET_URL = 'https://api.hyperliquid-testnet.xyz';
const WITHIN_MS = 180_000;

/** Run elsewhere: the first by a person who runs this, the demo by demo.test.ts, and the tests are these. */
const ELSEWHERE = ['npm ci', 'npm run demo', 'npm test'];
/** They run on, and are waited for until their workers run. */
const SYSTEMS = ['npx signalman up --sandbox', 'npm start'];

/** A folder that looks like a fresh copy of the project. */
let folder: string;
let testnet: HyperliquidSandbox;
const owner = Wallet.createRandom();
const systems: ChildProcess[] = [];
const runs: RunRecord[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-quick-start-'));
  for (const name of readdirSync(ROOT).filter((each) => !/^\.(git|env|signalman)/.test(each)))
    symlinkSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'wallet.key'), `${owner.privateKey}\n`, { mode: 0o600 });
  testnet = await startHyperliquidSandbox({ enforceLimits: true, fund: { [owner.address]: '1000' } });
});
// Each test, and each that is tried again, begins in a folder where nothing runs and nothing is stored.
afterEach(async () => {
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  while (runs.length > 0) await interrupt();
  for (const child of systems.splice(0)) child.kill('SIGKILL');
  for (const name of ['.signalman', '.signalman-testnet', '.env'])
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
});
afterAll(async () => {
  await testnet?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What stands for the words in capitals, by what was printed last. */
const meanings = new Map<string, string>([['WALLET', owner.address]]);
const MEANINGS: Readonly<Record<string, RegExp>> = {
  TRADE: /^(?:trade )?([0-9a-f]{8})(?:: open| .* open )/gm,
  DEPLOYMENT: /^deployment ([0-9a-f]{8}) of/gm,
};

function learn(printed: string): void {
  for (const [word, pattern] of Object.entries(MEANINGS)) {
    // Of trades the newest stands first.
    const [found] = printed.matchAll(pattern);
    if (found?.[1] !== undefined) meanings.set(word, found[1]);
  }
}

const filledIn = (command: string): string =>
  command
    .replaceAll(TESTNET_URL, testnet.url)
    .replaceAll(/(?<=\s)(TRADE|DEPLOYMENT|WALLET)(?=\s|$)/g, (word) => meanings.get(word) ?? word);

const env = (): NodeJS.ProcessEnv => ({
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  HOME: process.env['HOME'],
});

function start(command: string): ChildProcess {
  const shell = spawn('bash', ['-c', command], { cwd: folder, env: env(), stdio: 'pipe' });
  for (const stream of [shell.stdout, shell.stderr]) stream?.setEncoding('utf8');
  return shell;
}

let isNpxTried = false;

/** Lets npx find the program once; it takes a second each time, and finds the same one. */
function quickly(command: string): string {
  if (!isNpxTried) {
    isNpxTried = command.startsWith('npx signalman ');
    return command;
  }
  return command.replace('npx signalman', `"${process.execPath}" cli/signalman.mjs`);
}

/** Types a command as it stands. Throws when it fails. */
async function type(command: string): Promise<string> {
  const shell = start(quickly(filledIn(command)));
  let printed = '';
  shell.stdout?.on('data', (text) => (printed += String(text)));
  shell.stderr?.on('data', (text) => (printed += String(text)));
  const status = await new Promise((resolve) => shell.once('close', resolve));
  if (status !== 0) throw new Error(`${filledIn(command)} ended with ${String(status)}: ${printed}`);
  learn(printed);
  return printed;
}

/** A list of trades is read again until one is open, as a person does. */
const untilOpen = (command: string): Promise<string> =>
  until('an open trade', async () => {
    const printed = await type(command);
    return /\bopen\b/.test(printed) && printed;
  });

async function startSystem(command: string, stateDir: string): Promise<void> {
  const child = start(filledIn(command));
  systems.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (printed += String(text)));
  const state = openStateDir(join(folder, stateDir));
  const isUp = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`${command} has ended: ${printed}`);
    return printed.includes('everything runs');
  };
  await until(`${command} to run`, isUp, WITHIN_MS);
  const run = state.currentRun();
  if (!run) throw new Error(`${command} has left no record of its run`);
  runs.push(run);
  // A price that moves could end a trade before a slow machine has come to the next command.
  if (run.sandboxUrl !== undefined) await control(`${run.sandboxUrl}/control`, { type: 'pausePrices' });
}

async function control(url: string, command: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(command) });
  expect(response.status).toBe(200);
}

/** Ctrl-C in the terminal of the system. */
async function interrupt(): Promise<void> {
  const run = runs.pop();
  const child = systems.pop();
  if (!run || !child) throw new Error('no system runs');
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.kill(run.supervisor.pid, 'SIGINT');
  await ended;
  await allEnded(processesOf(run));
}

/** The part of a page under a heading, up to the next one of the same depth. */
function part(page: string, heading: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const from = text.indexOf(`\n## ${heading}\n`);
  expect(`${page}: ${from === -1 ? 'no ' : ''}${heading}`).toBe(`${page}: ${heading}`);
  const to = text.indexOf('\n## ', from + 1);
  return text.slice(from, to === -1 ? undefined : to);
}

/** Every command of the blocks to type, without the remark behind it. */
const commandsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '');

/** Runs the commands in their order; returns all they printed. */
async function follow(commands: readonly string[], stateDir: string): Promise<string> {
  const printed: string[] = [];
  for (const command of commands.filter((each) => !ELSEWHERE.includes(each))) {
    if (SYSTEMS.includes(command)) {
      // oxlint-disable-next-line no-await-in-loop -- one command after the other, as a person types
      await startSystem(command, stateDir);
      continue;
    }
    const run = command === 'npx signalman trades' ? untilOpen : type;
    // oxlint-disable-next-line no-await-in-loop -- one command after the other, as a person types
    printed.push(await run(command));
  }
  return printed.join('\n');
}

test('each command to type stands in a part that is followed here', () => {
  const quickStart = readFileSync(join(ROOT, 'docs/quick-start.md'), 'utf8');
  const followed = [
    'See it work',
    'Trade posts of your own',
    'Trade on Hyperliquid’s test network',
    'Trade on Ostium’s test network',
  ].map((heading) => commandsOf(part('docs/quick-start.md', heading.replace('’', "'"))));
  expect(commandsOf(quickStart)).toEqual(followed.flat());
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const steering = commandsOf(part('README.md', 'Steering a trade'));
  expect(commandsOf(readme)).toEqual([...ELSEWHERE.slice(0, 2), 'npm test', 'npm start', ...steering]);
});

test(
  'posts of one’s own are traded with play money, and trades are steered',
  async () => {
    const printed = await follow(
      commandsOf(part('docs/quick-start.md', 'Trade posts of your own')),
      '.signalman',
    );
    expect(printed).toMatch(/LONG BTC on hyperliquid {2}open/);
    expect(printed).toMatch(/settled: Closed \(force_close\): net/);
    expect(printed).toMatch(/trade_fee +0\.2000/);
    const steered = await follow(commandsOf(part('README.md', 'Steering a trade')), '.signalman');
    expect(steered).toMatch(/LONG ETH on \w+ {2}open/);
    expect(steered).toMatch(/trade\.adjust_barriers/);
    await delegateAtOstium();
    await interrupt();
  },
  2 * WITHIN_MS,
);

/** The part on Ostium, for a deployment like that of the part before it. */
async function delegateAtOstium(): Promise<void> {
  const section = part('docs/quick-start.md', "Trade on Ostium's test network");
  const faucet = { type: 'fund', address: owner.address, usdc: '1000', eth: '1' };
  await control(runs.at(-1)?.ostium?.controlUrl ?? '', faucet);
  await type('npx signalman agents create first --notional 50');
  await type('npx signalman deployments create first --wallet WALLET');
  const printed = await follow(commandsOf(section), '.signalman');
  expect(printed).toMatch(/at ostium: approved/);
  expect(printed).toMatch(/open, .* on ostium/);
}

test(
  'a key is approved by the wallet, and a post is traded to its bill at a venue of the configuration',
  async () => {
    const section = part('docs/quick-start.md', "Trade on Hyperliquid's test network");
    testnet.setPrice('ETH', 3_000);
    const printed = await follow(commandsOf(section), '.signalman-testnet');
    expect(printed).toContain('trades nowhere until a key is approved');
    expect(printed).toMatch(/at hyperliquid: approved, valid until/);
    expect(printed).toMatch(/LONG ETH on hyperliquid {2}open/);
    expect(printed).toMatch(/trade_fee +0\.2000/);
    const account = testnet.state().accounts.find(({ address }) => address === owner.address.toLowerCase());
    expect(account).toMatchObject({ fills: 2, openOrders: 0 });
    await interrupt();
  },
  2 * WITHIN_MS,
);
