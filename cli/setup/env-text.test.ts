import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { withVariables } from './env-text.ts';

test('variables replace those of their name, and everything else stays', () => {
  const before = '# mine\nLOG_LEVEL=debug\nexport HYPERLIQUID_URL=http://old\nHYPERLIQUID_URL_OTHER=1\n\n';
  expect(withVariables(before, { HYPERLIQUID_URL: 'http://new' })).toBe(
    '# mine\nLOG_LEVEL=debug\nHYPERLIQUID_URL_OTHER=1\nHYPERLIQUID_URL=http://new\n',
  );
});

test.each(['postgresql://me:p#a$s"s@127.0.0.1/db', "postgresql://me:it's@127.0.0.1/db"])(
  'the value %s is read back as it was given',
  (value) => {
    expect(parseEnv(withVariables('', { DATABASE_URL: value }))).toEqual({ DATABASE_URL: value });
  },
);

test('a variable that is asked for and has no answer is removed', () => {
  const before = 'LOG_LEVEL=debug\nDATABASE_URL=postgresql://old\n';
  expect(withVariables(before, {}, ['DATABASE_URL'])).toBe('LOG_LEVEL=debug\n');
});
