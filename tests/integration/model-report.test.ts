import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAnswerBook } from '#activities/pipeline/answer-book.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api?.stop();
});

test('the API tells who reads messages, and what the model has cost today, in all and by source', async () => {
  const nothing = { usd: '0', questions: 0, inputTokens: 0, outputTokens: 0 };
  const settings = { classifier: 'rules', model: null, budgetUsd: 5, sourceBudgetUsd: 5 };
  expect((await api.call('GET', '/model')).body).toEqual({ ...settings, today: nothing, sources: [] });

  const book = createAnswerBook(api.db, { budget: { totalUsd: 5, sourceUsd: 5 }, timeoutMs: 1_000 });
  const question = { key: 'k', source: 's1', reserveUsd: 0.5 };
  const begun = await book.begin(question);
  const underWay = (await api.call('GET', '/model')).body;
  expect(underWay.today).toEqual({ ...nothing, usd: '0.5', questions: 1 });
  await book.finish({
    ...question,
    claim: begun.status === 'begun' ? begun.claim : '',
    spent: { usd: 0.000_25, inputTokens: 600, outputTokens: 50 },
    answer: null,
  });
  const spent = { usd: '0.00025', questions: 1, inputTokens: 600, outputTokens: 50 };
  expect((await api.call('GET', '/model')).body).toEqual({
    ...settings,
    today: spent,
    sources: [{ sourceId: 's1', ...spent }],
  });
});
