import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnvironment } from '#config/env.ts';
import { startLunarCrushSandbox, type LunarCrushSandbox } from '#sandbox/lunarcrush/server.ts';
import { checkLunarCrush } from './lunarcrush.ts';

let sandbox: LunarCrushSandbox;
beforeAll(async () => {
  sandbox = await startLunarCrushSandbox([{ id: 1, symbol: 'BTC' }]);
});
afterAll(() => sandbox?.close());

const check = (env: NodeJS.ProcessEnv) => checkLunarCrush({ environment: readEnvironment(env) });
const env = (key: string) => ({ LUNARCRUSH_API_KEY: key, LUNARCRUSH_URL: sandbox.url });

test('without a key nobody is asked', async () => {
  expect(await check({})).toMatchObject({ status: 'off' });
  expect(sandbox.asked).toEqual([]);
});

test('a key is tried, and a wrong one is named without being shown', async () => {
  expect(await check(env(sandbox.apiKey))).toMatchObject({
    status: 'ok',
    detail: `${sandbox.url} lists 1 coin`,
  });
  const finding = await check(env('a-wrong-key'));
  expect(finding).toMatchObject({ status: 'broken', remedy: expect.stringContaining('give a key') });
  expect(JSON.stringify(finding)).not.toContain('a-wrong-key');
});

test('a service that is down holds up nothing, and the doctor says so', async () => {
  sandbox.mood = 'html';
  expect(await check(env(sandbox.apiKey))).toMatchObject({
    status: 'broken',
    remedy: expect.stringContaining('nothing waits for it'),
  });
});
