import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { readMessageFile } from './message-file.ts';

const schema = z.object({ id: z.string(), text: z.string() });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-messages-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['{"text":"long BTC"}', 'messages.jsonl:2: id: is missing'],
  ['no JSON', 'messages.jsonl:2: is not JSON'],
])('the line %s is refused with its number and field', async (line, message) => {
  const file = join(folder, 'messages.jsonl');
  writeFileSync(file, `{"id":"1","text":"gm"}\n${line}\n`);
  const messages = readMessageFile(file, schema);
  expect((await messages.next()).value).toEqual({ id: '1', text: 'gm' });
  await expect(messages.next()).rejects.toThrow(message);
});
