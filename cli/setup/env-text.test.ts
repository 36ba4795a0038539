import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { withVariables } from './env-text.ts';

test('variables replace those of their name, and everything else stays', () => {
  const before = '# mine\nLOG_LEVEL=debug\nexport HYPERLIQUID_URL=http://old\nHYPERLIQUID_URL_OTHER=1\n\n';
  expect(withVariables(before, { HYPERLIQUID_URL: 'http://new' })).toBe(
    '# mine\nLOG_LEVEL=debug\nHYPERLIQUID_URL_OTHER=1\nHYPERLIQUID_URL=http://new\n',
  );
});

test('a value is read back as it was given', () => {
  const value = 'postgresql://me:p#a$s"s@127.0.0.1/db';
  expect(parseEnv(withVariables('', { DATABASE_URL: value }))).toEqual({ DATABASE_URL: value });
});
