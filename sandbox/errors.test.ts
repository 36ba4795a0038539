import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const FOLDER = new URL('.', import.meta.url);
const sources = globSync('**/*.ts', { cwd: FOLDER })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));

it('gives every kind of sandbox error a code of its own', () => {
  const codes = sources.flatMap(({ text }) =>
    [...text.matchAll(/extends SandboxError \{[^}]*?readonly code = '(\w+)'/g)].map(([, code]) => code),
  );
  expect(codes.length).toBeGreaterThan(7);
  expect(new Set(codes).size).toBe(codes.length);
});

it('throws only errors of the sandbox family', () => {
  // A body that is no JSON is a SyntaxError of JSON.parse; a body that is too long is treated like it.
  const others = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:new|extends) (Error|TypeError|RangeError)\b/g)].map(
      ([found]) => `${file}: ${found}`,
    ),
  );
  expect(others).toEqual(['errors.ts: extends Error']);
});
