import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLlmSandbox, type LlmSandbox } from '#sandbox/llm/server.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const RECORDED = fileURLToPath(new URL('../classifiers/openai/recordings/stand-in.jsonl', import.meta.url));
const WRITTEN = fileURLToPath(new URL('../classifiers/labelled/written.jsonl', import.meta.url));

let folder: string;
let sandbox: LlmSandbox;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-classify-'));
  sandbox = await startLlmSandbox();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
});

/** Runs a command in an empty folder, with nothing of the caller's environment but its path. */
async function signalman(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, out, err };
}

const standIn = () => ({ OPENAI_BASE_URL: sandbox.baseUrl, OPENAI_MODEL: 'stand-in', OPENAI_PRICES: '1,1' });

test('evaluate replays recorded answers without a key', async () => {
  const { status, out } = await signalman([
    'evaluate',
    '--file',
    WRITTEN,
    '--classifier',
    'both',
    '--recorded',
    RECORDED,
    '--json',
  ]);
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ n: 331, sideAccuracy: 1, model: { asked: 153 } });
});

test('classify asks the model, keeps its answers, and asks for none of them again', async () => {
  const file = join(folder, 'posts.jsonl');
  const recorded = join(folder, 'answers.jsonl');
  const texts = ['Long BTC at 60,000, stop 59,000, target 62,000', 'gm', 'Stopped out of SOL'];
  writeFileSync(file, texts.map((text, id) => JSON.stringify({ id, text })).join('\n'));
  const args = ['classify', '--file', file, '--classifier', 'openai', '--recorded', recorded];
  const first = await signalman([...args, '--json'], standIn());
  const [call, noise, result] = first.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(call).toMatchObject({ candidate: true, side: 'long', stop: '59000', decision: { by: 'openai' } });
  expect(call.asked.costUsd).toBeGreaterThan(0);
  expect(noise).toMatchObject({ candidate: false, decision: { by: 'openai' } });
  expect(result).toMatchObject({ kind: 'result', decision: { by: 'rules' } });
  expect(readFileSync(recorded, 'utf8').trim().split('\n')).toHaveLength(2);
  const asked = sandbox.state().requests;
  const again = await signalman(args, standIn());
  expect(again.out).toContain('call 0.90');
  expect(again.out).toContain('(by rules: not asked: the rules alone read what is result)');
  expect(sandbox.state().requests).toBe(asked);
});

test('a model that is not configured is asked for in one line, with status 2', async () => {
  const { status, err } = await signalman(['classify', '--file', WRITTEN, '--classifier', 'openai']);
  expect({ status, lines: err.trim().split('\n').length }).toEqual({ status: 2, lines: 1 });
  expect(err).toContain('set OPENAI_API_KEY');
});
