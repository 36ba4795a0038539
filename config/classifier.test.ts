import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig, readEnvironment } from './env.ts';
import { readClassifier } from './classifier.ts';
import { openaiKeyFile, writeSecretFile } from './secret-files.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'signalman-config-'));
afterAll(() => rmSync(stateDir, { recursive: true }));

const read = (env: NodeJS.ProcessEnv) =>
  readClassifier(readEnvironment({ SIGNALMAN_STATE_DIR: join(stateDir, 'none'), ...env }));

test('a key alone leaves the rules to read, with the vendor’s server and its cheapest usual model at hand', () => {
  expect(read({ OPENAI_API_KEY: 'sk-1' })).toEqual({
    by: 'rules',
    model: {
      apiKey: 'sk-1',
      baseUrl: 'https://api.openai.com/v1',
      model: 'gpt-5-mini',
      protocol: 'responses',
      schema: 'strict',
      reasoning: 'low',
      timeoutMs: 15_000,
      maxOutputTokens: 2_000,
      prices: { input: 0.25, output: 2 },
    },
    concurrency: { atOnce: 16, perSource: 8 },
    budget: { totalUsd: 5, sourceUsd: 5 },
  });
});

test('another server speaks chat, needs no key, and is dear until its prices are given', () => {
  const { model } = read({ OPENAI_BASE_URL: 'http://localhost:11434/v1/', OPENAI_MODEL: 'qwen3' });
  expect(model).toMatchObject({
    apiKey: 'none',
    baseUrl: 'http://localhost:11434/v1',
    protocol: 'chat',
    prices: { input: 2.5, output: 15 },
  });
  expect(model).not.toHaveProperty('reasoning');
  expect(read({ OPENAI_API_KEY: 'k', OPENAI_PRICES: '0,0.5' }).model?.prices).toEqual({
    input: 0,
    output: 0.5,
  });
});

test('the key may lie in a file of the state folder, and the environment goes before it', () => {
  writeSecretFile(openaiKeyFile(stateDir), 'sk-file');
  expect(read({ SIGNALMAN_STATE_DIR: stateDir }).model?.apiKey).toBe('sk-file');
  expect(read({ SIGNALMAN_STATE_DIR: stateDir, OPENAI_API_KEY: 'sk-env' }).model?.apiKey).toBe('sk-env');
});

test('budgets and concurrency are taken as given', () => {
  const given = {
    OPENAI_BUDGET_USD: '2.5',
    OPENAI_SOURCE_BUDGET_USD: '0.10',
    OPENAI_CONCURRENCY: '5',
  };
  expect(read(given)).toMatchObject({
    budget: { totalUsd: 2.5, sourceUsd: 0.1 },
    concurrency: { atOnce: 5, perSource: 3 },
  });
});

test.each([
  [{ CLASSIFIER: 'gpt' }, 'CLASSIFIER is none of rules, openai, both'],
  [{ OPENAI_BASE_URL: 'localhost' }, 'OPENAI_BASE_URL is not a URL'],
  [{ OPENAI_TIMEOUT_MS: '60000' }, 'OPENAI_TIMEOUT_MS is not a whole number from 1000 to 25000'],
  [{ OPENAI_PRICES: '1' }, 'OPENAI_PRICES is not two prices'],
  [{ OPENAI_BUDGET_USD: '-1' }, 'OPENAI_BUDGET_USD is not an amount'],
  [{ OPENAI_SCHEMA: 'xml' }, 'OPENAI_SCHEMA is none of strict, json, plain'],
])('%j is refused', (env, problem) => {
  expect(() => read(env)).toThrow(problem);
});

test('a model that is asked for and not configured ends the start', () => {
  const env = {
    DATABASE_URL: 'postgresql://a:b@127.0.0.1:5432/c',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    SIGNALMAN_STATE_DIR: join(stateDir, 'none'),
    CLASSIFIER: 'both',
  };
  expect(() => loadConfig(env)).toThrow(ConfigError);
  expect(() => loadConfig(env)).toThrow('set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own');
  expect(loadConfig({ ...env, OPENAI_API_KEY: 'k' }).classifier.by).toBe('both');
});
