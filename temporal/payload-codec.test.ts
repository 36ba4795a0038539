import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterEach, expect, test } from 'vitest';
import { startCodecServer, type RunningCodec } from './codec-server.ts';
import { createPayloadCodec, isSealed } from './payload-codec.ts';

const keyOf = (id: string) => ({ id, key: randomBytes(32) });
const OLD = keyOf('old');
const NEW = keyOf('new');
const PAYLOAD = defaultPayloadConverter.toPayload({ instrument: 'BTC', size: '0.5' });

let server: RunningCodec | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const open = (payload: Payload | undefined): unknown =>
  payload && defaultPayloadConverter.fromPayload(payload);

test('what is sealed shows nothing of its content, and opens with the key alone', async () => {
  const [sealed] = await createPayloadCodec([OLD]).encode([PAYLOAD]);
  expect(Buffer.from(sealed?.data ?? []).toString('latin1')).not.toContain('BTC');
  expect(sealed && isSealed(sealed)).toBe(true);
  const [opened] = await createPayloadCodec([NEW, OLD]).decode([sealed!]);
  expect(open(opened)).toEqual({ instrument: 'BTC', size: '0.5' });
  await expect(createPayloadCodec([NEW]).decode([sealed!])).rejects.toThrow('sealed with the key old');
});

test('two seals of one payload differ, and a changed one is refused', async () => {
  const codec = createPayloadCodec([OLD]);
  const [first, second] = await codec.encode([PAYLOAD, PAYLOAD]);
  expect(Buffer.compare(first!.data!, second!.data!)).not.toBe(0);
  const data = Uint8Array.from(first!.data!);
  data[20]! ^= 1;
  await expect(codec.decode([{ ...first, data }])).rejects.toThrow('changed since');
});

test('what was stored without a seal, or sent by hand, is read as it is', async () => {
  const [same] = await createPayloadCodec([OLD]).decode([PAYLOAD]);
  expect(same).toBe(PAYLOAD);
});

const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('the codec server opens for pages of this machine, and for no other', async () => {
  const codec = createPayloadCodec([OLD]);
  server = await startCodecServer({ codec, port: 0 });
  const [sealed] = await codec.encode([PAYLOAD]);
  const metadata = Object.fromEntries(
    Object.entries(sealed?.metadata ?? {}).map(([name, value]) => [name, base64(value)]),
  );
  const asked = { payloads: [{ metadata, data: base64(sealed?.data) }] };
  const answer = await post('/decode', asked, { origin: 'http://localhost:8233' });
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:8233');
  const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
  expect(JSON.parse(Buffer.from(payloads[0]!.data, 'base64').toString())).toMatchObject({
    instrument: 'BTC',
  });
  expect((await post('/decode', asked, { origin: 'https://example.com' })).status).toBe(403);
  expect((await post('/encode', asked)).status).toBe(404);
  expect((await post('/decode', { payloads: 1 })).status).toBe(400);
});
