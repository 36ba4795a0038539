import { expect, test } from 'vitest';
import { freePort } from '#process/free-port.ts';
import { collectAnswers } from './collect-answers.ts';
import { QUESTIONS, type Answers } from './questions.ts';

/** Answers each variable by its list in turn; no answer where the list has ended. */
async function talk(given: Record<string, string[]>): Promise<{ answers: Answers; problems: string[] }> {
  const problems: string[] = [];
  const answers = await collectAnswers(QUESTIONS, {
    env: {},
    line: () => undefined,
    ask: async ({ variable, isAsked, otherwise }, before) => {
      if (isAsked && !isAsked(before)) return '';
      return given[variable]?.shift() ?? otherwise?.(before) ?? '';
    },
    onProblem: (text) => problems.push(text),
  });
  return { answers, problems };
}

test('nothing is set where nothing is answered', async () => {
  expect(await talk({})).toEqual({ answers: {}, problems: [] });
});

test('an answer that cannot be used is said why, and asked for again', async () => {
  const port = await freePort();
  const { answers, problems } = await talk({
    DATABASE_URL: ['nonsense', `postgresql://me:secret@127.0.0.1:${port}/books`],
    SIGNALMAN_MASTER_KEY: ['abc'],
  });
  expect(answers).toEqual({});
  expect(problems).toHaveLength(3);
  expect(problems[0]).toContain('DATABASE_URL cannot be used: is not a URL such as ');
  expect(problems[1]).toContain(`127.0.0.1:${port}/books`);
  expect(problems.join()).not.toContain('secret');
});

test('a network without an address has its own, and a state folder of its own', async () => {
  const address = `http://127.0.0.1:${await freePort()}`;
  const { answers, problems } = await talk({
    HYPERLIQUID_NETWORK: ['testnet'],
    HYPERLIQUID_URL: [address, 'https://api.hyperliquid.xyz', ''],
  });
  expect(answers).toEqual({ HYPERLIQUID_NETWORK: 'testnet', SIGNALMAN_STATE_DIR: '.signalman-testnet' });
  expect(problems[0]).toContain(`HYPERLIQUID_URL cannot be used: ${address}`);
  expect(problems[1]).toContain('set mainnet to trade there with real money');
});
