import { expect, it } from 'vitest';
import { Books } from '../ledger/rows.ts';
import type { LimitRow } from '../ledger/rows.ts';
import { entitiesOf } from './entities.ts';
import { executeGraph } from './execute.ts';

function limit(index: number, over: Partial<LimitRow> = {}): LimitRow {
  return {
    id: `0xab_0_${index}`,
    pairIndex: 0,
    trader: '0xab',
    index,
    isBuy: true,
    isDayTrade: false,
    limitType: 'Limit',
    collateral: 100_000_000n,
    leverage: 1_000n,
    openPrice: 10n ** 18n * BigInt(index + 1),
    takeProfitPrice: 0n,
    stopLossPrice: 0n,
    initiatedAt: 1_000 - index,
    isActive: true,
    ...over,
  };
}

const books = new Books();
for (const row of [limit(0), limit(1), limit(2, { pairIndex: 2 }), limit(3, { isActive: false })])
  books.limits.set(row.id, row);

const state = { entities: entitiesOf(books), blockNumber: 7 };
const ask = (query: string, variables?: object) => executeGraph(state, { query, variables });
const indexes = (where: string) => ask(`{ limits(${where}) { index } }`);
const found = (...list: string[]) => ({ data: { limits: list.map((index) => ({ index })) } });

it('puts variables in, compares addresses in any case, orders, and follows to the pair', () => {
  const query = `
    # what the clients send
    query orders($trader: Bytes!) {
      mine: limits(where: { trader: $trader, isActive: true }, orderBy: initiatedAt, orderDirection: asc) {
        id openPrice pair { from group { name } }
      }
    }`;
  const from = (id: string, price: string, asset: string, name: string) => ({
    id,
    openPrice: price,
    pair: { from: asset, group: { name } },
  });
  expect(ask(query, { trader: '0xAB' })).toEqual({
    data: {
      mine: [
        from('0xab_0_2', '3000000000000000000', 'EUR', 'forex'),
        from('0xab_0_1', '2000000000000000000', 'BTC', 'crypto'),
        from('0xab_0_0', '1000000000000000000', 'BTC', 'crypto'),
      ],
    },
  });
});

it('filters by value, list, order, the pair and what the pair holds', () => {
  expect(indexes('where: { index_in: ["0", 2] }')).toEqual(found('0', '2'));
  expect(indexes('where: { openPrice_gt: "2000000000000000000" }')).toEqual(found('2', '3'));
  expect(indexes('where: { pair: "2" }')).toEqual(found('2'));
  expect(indexes('where: { pair_: { from: "EUR" } }')).toEqual(found('2'));
  expect(indexes('where: { isActive_not: true }')).toEqual(found('3'));
  expect(indexes('first: 2, skip: 1')).toEqual(found('1', '2'));
});

it('answers single entities, absent ones and the block', () => {
  expect(
    ask('{ pair(id: 4) { from to maxOI } none: pair(id: "99") { id } _meta { block { number } } }'),
  ).toEqual({
    data: {
      pair: { from: 'USD', to: 'JPY', maxOI: '50000000000000' },
      none: null,
      _meta: { block: { number: 7 } },
    },
  });
});

it.each([
  ['{ limits { id nothing } }', 'Type of `limits` has no field `nothing`'],
  ['{ vaults { id } }', 'Type `Query` has no field `vaults`'],
  ['{ limits(where: { size: 1 }) { id } }', 'no field `size` to filter by'],
  ['{ limits { id }', 'Syntax Error: unexpected end of the query'],
  ['{ limits { id } } }', 'Syntax Error: unexpected }'],
  ['{ limits @skip { id } }', 'Syntax Error: unexpected character at 9'],
])('refuses %s', (query, message) => {
  expect(ask(query)).toEqual({ errors: [{ message }] });
});

it('refuses what is no request', () => {
  expect(executeGraph(state, { variables: {} })).toEqual({
    errors: [{ message: 'the body must have a query' }],
  });
});
