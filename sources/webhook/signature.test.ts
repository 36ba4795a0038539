import { createHmac, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { judgeSignature, toSigningSecret, type SignedRequest } from './signature.ts';

/** The example that the libraries of the specification share. */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const AT = 1_614_265_330_000;

const judge = (change: Partial<Record<keyof SignedRequest, string | undefined>> = {}, now = AT) => {
  const { secret, ...request } = { ...EXAMPLE, ...change };
  return judgeSignature({ ...request, body: Buffer.from(request.body ?? '') }, [secret], now);
};

test('the example of the specification is signed as it says', () => {
  expect(judge()).toEqual({ ok: true, id: EXAMPLE.id });
});

test.each(['', '{"a":1}', 'Long BTC — stop 61 000', 'x'.repeat(60_000), '{"nul":"\\u0000"}'])(
  'what the library signs is taken, and what it refuses is refused: %#',
  (body) => {
    const secret = toSigningSecret(randomBytes(32));
    const library = new Webhook(secret);
    const id = 'msg_1';
    const now = Date.now();
    const timestamp = String(Math.floor(now / 1_000));
    const signature = library.sign(id, new Date(now), body);
    const request = { id, timestamp, signature, body: Buffer.from(body) };
    expect(judgeSignature(request, [secret], now)).toEqual({ ok: true, id });
    const changed = { ...request, body: Buffer.from(`${body} `) };
    expect(judgeSignature(changed, [secret], now).ok).toBe(false);
    expect(() =>
      library.verify(`${body} `, {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      }),
    ).toThrow('No matching signature');
  },
);

test('while a secret is replaced both open, and of several signatures one suffices', () => {
  const [old, fresh] = [toSigningSecret(randomBytes(32)), toSigningSecret(randomBytes(32))];
  const request = (signature: string) => ({
    id: 'msg_1',
    timestamp: String(AT / 1_000),
    signature,
    body: Buffer.from('{}'),
  });
  const [a, b] = [old, fresh].map((secret) => new Webhook(secret).sign('msg_1', new Date(AT), '{}'));
  expect(judgeSignature(request(String(a)), [fresh, old], AT).ok).toBe(true);
  expect(judgeSignature(request(`v1a,AAAA v1,bm8= ${b}`), [fresh], AT).ok).toBe(true);
  expect(judgeSignature(request(String(a)), [fresh], AT).ok).toBe(false);
  expect(judgeSignature(request(String(a)), [], AT).ok).toBe(false);
});

test.each([
  ['five minutes late', {}, AT + 300_000, true],
  ['later than that', {}, AT + 301_000, false],
  ['five minutes ahead', {}, AT - 300_000, true],
  ['further ahead', {}, AT - 301_000, false],
  ['without an id', { id: undefined }, AT, false],
  ['without a time', { timestamp: undefined }, AT, false],
  ['without a signature', { signature: undefined }, AT, false],
  ['another id', { id: 'msg_other' }, AT, false],
  ['another time', { timestamp: '1614265331' }, AT, false],
  ['a time with a fraction', { timestamp: '1614265330.0' }, AT, false],
  ['no version', { signature: EXAMPLE.signature.slice(3) }, AT, false],
  ['another version', { signature: EXAMPLE.signature.replace('v1', 'v2') }, AT, false],
  ['a hex signature', { signature: 'v1,deadbeef' }, AT, false],
  [
    'many signatures',
    { signature: Array.from({ length: 11 }, () => EXAMPLE.signature).join(' ') },
    AT,
    false,
  ],
] as const)('%s', (_name, change, now, ok) => {
  expect(judge(change, now).ok).toBe(ok);
});

test('an id with a full stop is refused: it could be read as another id and time', () => {
  const body = Buffer.from('2.{}');
  const secret = EXAMPLE.secret;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const time = String(AT / 1_000);
  const signature = `v1,${createHmac('sha256', key).update(`a.${time}.2.{}`).digest('base64')}`;
  expect(judgeSignature({ id: 'a', timestamp: time, signature, body }, [secret], AT).ok).toBe(true);
  const shifted = { id: `a.${time}`, timestamp: '2', signature, body: Buffer.from('{}') };
  expect(judgeSignature(shifted, [secret], 2_000)).toMatchObject({ ok: false, reason: /full stop/ });
});
