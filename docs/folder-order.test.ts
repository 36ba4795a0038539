import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, sources } from './source-files.ts';

/** Folders within a room, lowest first: a file imports from its own folder and those before it. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  'venues/hyperliquid': ['http', 'accounts', 'market', 'orders', 'stream', '.'],
  'venues/ostium': ['chain', 'market', 'accounts', 'orders', '.'],
  'sandbox/hyperliquid': [
    'wire',
    'market',
    'accounts',
    'orders',
    'exchange',
    'matching',
    'actions',
    'info',
    'streams',
    'persistence',
    'control',
    'http',
    '.',
  ],
  'sandbox/ostium': ['market', 'chain', 'ledger', 'keeper', 'graph', 'control', 'http', '.'],
};

const folderOf = (root: string, file: string): string =>
  dirname(file) === root ? '.' : dirname(file).slice(root.length + 1);

test.each(Object.entries(ORDERS))('folders of %s point one way', (root, order) => {
  const own = sources.filter(
    (file) => file.startsWith(`${root}/`) && !file.endsWith('.test.ts') && !file.endsWith('/testing.ts'),
  );
  expect([...new Set(own.map((file) => folderOf(root, file)))].sort()).toEqual([...order].sort());
  const wrong = own.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => target.startsWith(`${root}/`))
      .filter(({ target }) => order.indexOf(folderOf(root, target)) > order.indexOf(folderOf(root, file)))
      .map(({ line, target }) => `${file}:${line} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});
