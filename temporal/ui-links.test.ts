import { expect, test } from 'vitest';
import { uiLinks } from './ui-links.ts';

test('each link opens a list of the namespace', () => {
  const [all, ...others] = uiLinks('http://127.0.0.1:8233', 'default');
  expect(all).toEqual({
    name: 'all trades',
    url: 'http://127.0.0.1:8233/namespaces/default/workflows?query=WorkflowType%20%3D%20%22tradeLifecycle%22',
  });
  expect(others.map(({ url }) => new URL(url).searchParams.get('query'))).toEqual([
    'WorkflowType = "tradeLifecycle" AND Phase = "open"',
    'WorkflowType = "tradeLifecycle" AND Agent = "NAME"',
    'WorkflowId STARTS_WITH "scheduled/"',
  ]);
});
