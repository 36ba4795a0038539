import { z } from 'zod';
import type { Entities, Entity } from './entities.ts';
import { GraphError, parseQuery } from './parse.ts';
import type { Field } from './parse.ts';

const request = z.object({
  query: z.string().max(100_000),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

export interface GraphAnswer {
  readonly data?: object;
  readonly errors?: readonly { readonly message: string }[];
}

/** Page sizes of the deployed subgraph. */
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** The entities of the subgraph, and the number of the newest block in them. */
export interface GraphState {
  readonly entities: Entities;
  readonly blockNumber: number;
}

/** Returns the answer to a GraphQL request. Errors are part of the answer. */
export function executeGraph(state: GraphState, body: unknown): GraphAnswer {
  const parsed = request.safeParse(body);
  if (!parsed.success) return { errors: [{ message: 'the body must have a query' }] };
  try {
    const fields = parseQuery(parsed.data.query, parsed.data.variables ?? {});
    const root = new Root(state);
    return { data: Object.fromEntries(fields.map((field) => [field.alias, root.resolve(field)])) };
  } catch (error) {
    return { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
}

const SINGULAR: Record<string, keyof Entities> = {
  pair: 'pairs',
  trade: 'trades',
  order: 'orders',
  limit: 'limits',
};

class Root {
  readonly #entities: Entities;
  readonly #blockNumber: number;

  constructor({ entities, blockNumber }: GraphState) {
    this.#entities = entities;
    this.#blockNumber = blockNumber;
  }

  resolve(field: Field): unknown {
    const { name, args } = field;
    if (name === '_meta')
      return select({ block: { number: this.#blockNumber }, hasIndexingErrors: false }, field);
    const many = SINGULAR[name];
    if (many) {
      const found = this.#entities[many].find(({ id }) => id === String(args['id']));
      return found ? select(found, field) : null;
    }
    if (!isCollection(this.#entities, name)) throw new GraphError(`Type \`Query\` has no field \`${name}\``);
    return page(this.#entities[name], args).map((entity) => select(entity, field));
  }
}

function isCollection(entities: Entities, name: string): name is keyof Entities {
  return Object.hasOwn(entities, name);
}

function select(entity: Entity, { fields, name }: Field): object {
  return Object.fromEntries(
    fields.map((field) => {
      if (!Object.hasOwn(entity, field.name))
        throw new GraphError(`Type of \`${name}\` has no field \`${field.name}\``);
      const value = entity[field.name];
      return [field.alias, isEntity(value) ? select(value, field) : value];
    }),
  );
}

function page(entities: readonly Entity[], args: Readonly<Record<string, unknown>>): Entity[] {
  const { where, orderBy, orderDirection } = args;
  const first = Math.min(typeof args['first'] === 'number' ? args['first'] : DEFAULT_PAGE, MAX_PAGE);
  const skip = typeof args['skip'] === 'number' ? args['skip'] : 0;
  const found = entities.filter((entity) => !isEntity(where) || matches(entity, where));
  if (typeof orderBy === 'string') {
    const sign = orderDirection === 'desc' ? -1 : 1;
    found.sort((a, b) => sign * (compare(a[orderBy], b[orderBy]) || compare(a['id'], b['id'])));
  }
  return found.slice(skip, skip + first);
}

function matches(entity: Entity, where: Entity): boolean {
  return Object.entries(where).every(([key, wanted]) => {
    const [, name = key, operator] = /^(.+?)_(not|in|not_in|gt|gte|lt|lte)?$/.exec(key) ?? [];
    if (!Object.hasOwn(entity, name)) throw new GraphError(`no field \`${name}\` to filter by`);
    const value = entity[name];
    if (!isEntity(value)) return test(value, operator, wanted);
    // `pair_: {...}` compares fields of the pair, `pair: "0"` compares its id.
    return isEntity(wanted) ? matches(value, wanted) : test(value['id'], operator, wanted);
  });
}

function test(value: unknown, operator: string | undefined, wanted: unknown): boolean {
  const same = (other: unknown): boolean => plain(value) === plain(other);
  switch (operator) {
    case 'not':
      return !same(wanted);
    case 'in':
      return Array.isArray(wanted) && wanted.some(same);
    case 'not_in':
      return Array.isArray(wanted) && !wanted.some(same);
    case 'gt':
      return compare(value, wanted) > 0;
    case 'gte':
      return compare(value, wanted) >= 0;
    case 'lt':
      return compare(value, wanted) < 0;
    case 'lte':
      return compare(value, wanted) <= 0;
    default:
      return same(wanted);
  }
}

/** Returns a string or number as lower-case text, so that addresses and ids compare without case and type. */
function plain(value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : value;
}

function compare(a: unknown, b: unknown): number {
  const left = textOf(a);
  const right = textOf(b);
  const areNumbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  if (areNumbers) return BigInt(left) < BigInt(right) ? -1 : Number(BigInt(left) > BigInt(right));
  return left < right ? -1 : Number(left > right);
}

/** Returns the text of a value, empty for a missing one, which sorts first. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
