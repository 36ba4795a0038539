import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { requireAccess } from './access.ts';
import { requireSignIn, type Principal } from './auth.ts';
import { answerErrors } from './errors.ts';
import { createInsideCallers } from './inside-callers.ts';

const OWNER: Principal = {
  userId: 'owner',
  keyId: null,
  session: null,
  name: 'owner (chat)',
  role: 'user',
  scopes: ['read'],
};

test('many calls from inside at once are answered, and a stranger still waits after ten wrong words', async () => {
  const inside = createInsideCallers();
  const app = fastify();
  answerErrors(app, () => false);
  requireAccess(app);
  requireSignIn(app, { now: Date.now, inside: [inside.authenticator], authenticators: [async () => null] });
  app.get('/trades', { config: { access: { scope: 'read', rows: 'own' } }, handler: () => [] });
  const calls = Array.from({ length: 40 }, () => inside.call(app, OWNER, { method: 'GET', url: '/trades' }));
  expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
  const guess = (word: number) =>
    app.inject({ url: '/trades', headers: { authorization: `Inside ${word}`.padEnd(60, 'x') } });
  for (let word = 0; word < 10; word += 1) expect((await guess(word)).statusCode).toBe(401);
  expect((await guess(10)).statusCode).toBe(429);
  await app.close();
});
