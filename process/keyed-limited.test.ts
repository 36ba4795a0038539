import { expect, test } from 'vitest';
import { createKeyedLimited } from './keyed-limited.ts';

test('no more run at a time than may, no more of one key, and a busy key is overtaken', async () => {
  const limited = createKeyedLimited({ atOnce: 3, perKey: 2 });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (key: string, name: string) =>
    limited.run(key, () => {
      begun.push(name);
      return new Promise<void>((resolve) => void ends.push(resolve));
    });
  const all = [work('a', 'a1'), work('a', 'a2'), work('a', 'a3'), work('b', 'b1'), work('b', 'b2')];
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends[2]?.();
  await all[3];
  expect(begun).toEqual(['a1', 'a2', 'b1', 'b2']);
  ends[0]?.();
  await all[0];
  expect(begun).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
  for (const end of ends) end();
  await Promise.all(all);
});

test('work that fails gives its place back', async () => {
  const limited = createKeyedLimited({ atOnce: 1, perKey: 1 });
  await expect(limited.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limited.run('a', async () => 1)).toBe(1);
});
