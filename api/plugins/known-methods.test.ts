import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { requireAccess } from './access.ts';
import { answerErrors } from './errors.ts';
import { refuseOtherMethods } from './known-methods.ts';

test.each(['QUERY', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE'])(
  '%s is 405 with the methods of a known path, and 404 elsewhere',
  async (method) => {
    const app = fastify();
    answerErrors(app, () => false);
    requireAccess(app);
    refuseOtherMethods(app);
    const config = { access: { scope: 'open', rows: 'none' } } as const;
    app.get('/trades/:id', { config, handler: () => '' });
    app.post('/trades/:id/close', { config, handler: () => '' });
    const ask = async (url: string) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- methods that inject has no name for
      const answer = await app.inject({ method: method as 'GET', url });
      return [answer.statusCode, answer.headers['allow'], answer.json().code];
    };
    expect(await ask('/trades/1?x=1')).toEqual([405, 'GET, HEAD', 'method_not_allowed']);
    expect(await ask('/trades/1/close')).toEqual([405, 'POST', 'method_not_allowed']);
    expect(await ask('/nowhere')).toEqual([404, undefined, 'route_not_found']);
    await app.close();
  },
);

test('a path that is there with another method is none of those with a parameter', async () => {
  const app = fastify();
  answerErrors(app, () => false);
  requireAccess(app);
  refuseOtherMethods(app);
  const config = { access: { scope: 'open', rows: 'none' } } as const;
  app.get('/signals/:id', { config, handler: () => 'one' });
  app.post('/signals/preview', { config, handler: () => 'preview' });
  const refused = await app.inject('/signals/preview?x=1');
  expect([refused.statusCode, refused.headers['allow']]).toEqual([405, 'POST']);
  expect((await app.inject('/signals/5')).body).toBe('one');
  expect((await app.inject({ method: 'POST', url: '/signals/preview' })).body).toBe('preview');
  await app.close();
});
