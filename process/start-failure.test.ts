import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { explainFailure } from './start-failure.ts';

test('a taken port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const second = createServer().listen(port, '127.0.0.1');
  const [error] = await once(second, 'error');
  expect(explainFailure(error)).toBe(`port ${port} is taken: choose another, or end its user`);
});

test('of the lines of a database client only the reason is told', () => {
  const error = new Error('\nInvalid `prisma.user.findFirst()` invocation:\n\n\nThe table does not exist.');
  expect(explainFailure(error)).toBe('The table does not exist.');
});

test('refused connections to several addresses are told one by one', () => {
  expect(explainFailure(new AggregateError([new Error('refused 1'), new Error('refused 2')]))).toBe(
    'refused 1; refused 2',
  );
});
