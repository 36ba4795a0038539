import { readFileSync } from 'node:fs';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleWorkflows } from '#workers/workflow-bundle.ts';
import { readHistories } from './histories.ts';
import { readable } from './readable.ts';

const histories = readHistories();
let bundle: { code: string };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle = { code: await bundleWorkflows() };
});

test.each(histories)('$file is replayed to the same commands', async ({ file, history }) => {
  await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history, file)).resolves.toBeUndefined();
});

test('every workflow type has a history', () => {
  const source = readFileSync(new URL('../../workflows/index.ts', import.meta.url), 'utf8');
  const types = [...source.matchAll(/export \{ (.+?) \} from/g)].flatMap(([, names = '']) =>
    names.split(', '),
  );
  expect(types).not.toEqual([]);
  const recorded = new Set(histories.map(({ workflowType }) => workflowType));
  expect(types.filter((type) => !recorded.has(type))).toEqual([]);
});

describe('key material', () => {
  /** A key is 32 bytes; longer runs of hex digits (signatures) would hold one too. Order ids are half as long. */
  const KEY = /[0-9a-f]{64}/i;

  test('a key would be found in a payload', () => {
    const payload = Buffer.from(JSON.stringify({ key: `0x${'5a'.repeat(32)}` })).toString('base64');
    expect(readable({ payloads: [{ data: payload }] })).toMatch(KEY);
  });

  test.each(histories)('$file holds nothing that could be one', ({ json }) => {
    const ids = buildIds(json);
    const found = readable(json).match(new RegExp(KEY, 'gi')) ?? [];
    expect(found.filter((hex) => !ids.has(hex))).toEqual([]);
  });
});

/** The SDK names the workflow bundle by its hash. */
function buildIds(value: unknown): Set<string> {
  const text = JSON.stringify(value);
  return new Set(
    [...text.matchAll(/"(?:buildId|binaryChecksum)":"([^"]*)"/g)].flatMap(
      ([, id = '']) => id.match(/[0-9a-f]{64}/g) ?? [],
    ),
  );
}
