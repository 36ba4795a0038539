import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { requireAccess } from './access.ts';

test('a route that does not state who may call it keeps the API from starting', () => {
  const app = fastify();
  requireAccess(app);
  const config = { access: { scope: 'read', rows: 'own' } } as const;
  app.get('/stated', { config, handler: () => '' });
  expect(() => app.get('/forgotten', () => '')).toThrow('GET /forgotten does not state who may call it');
  expect(() => app.register(async (inner) => void inner.post('/inner', () => ''))).not.toThrow();
  return expect(app.ready()).rejects.toThrow('POST /inner does not state');
});
