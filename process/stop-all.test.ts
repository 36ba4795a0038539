import { expect, test } from 'vitest';
import { stopAll } from './stop-all.ts';

test('everything stops in reverse order, also behind one that fails', async () => {
  const stopped: string[] = [];
  const service = (name: string, failure?: Error) => ({
    name,
    stop: async () => {
      stopped.push(name);
      if (failure) throw failure;
    },
  });
  const started = [service('postgres'), service('temporal', new Error('stuck')), service('worker')];
  await expect(stopAll(started)).rejects.toThrow('temporal could not be stopped');
  expect(stopped).toEqual(['worker', 'temporal', 'postgres']);
});
