import { expect, test } from 'vitest';
import { errorTables } from './error-table.ts';

test('docs/errors.md lists every code', async () => {
  await expect(errorTables()).toMatchFileSnapshot('../docs/errors.md');
});
