import { SandboxError } from '../../errors.ts';

/** A field of a query with its arguments and its own fields. */
export interface Field {
  readonly name: string;
  readonly alias: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly fields: readonly Field[];
}

/** A query that cannot be read or asks for unknown fields. The message is sent to the client. */
export class GraphError extends SandboxError {
  override readonly name = 'GraphError';
  readonly code = 'GRAPH_QUERY_INVALID';
}

const TOKEN = /[\s,]+|#[^\n]*|(\$?[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|[{}()[\]:!=])/gy;
const MAX_TOKENS = 20_000;

/**
 * Returns the fields of a query with its variables replaced by values. It reads one operation with arguments, aliases
 * and nested fields, but no fragments and directives. Throws GraphError.
 */
export function parseQuery(
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): readonly Field[] {
  return new Parser(tokensOf(query), variables).document();
}

function tokensOf(query: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(query);
    if (!match) throw new GraphError(`Syntax Error: unexpected character at ${at}`);
    if (match[1] !== undefined) tokens.push(match[1]);
    if (tokens.length > MAX_TOKENS) throw new GraphError('Syntax Error: the query is too long');
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #variables: Readonly<Record<string, unknown>>;
  #at = 0;

  constructor(tokens: readonly string[], variables: Readonly<Record<string, unknown>>) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  document(): Field[] {
    if (this.#peek() === 'query') {
      this.#next();
      // Declarations of variables are skipped, because only their values matter.
      while (this.#peek() !== '{') this.#next();
    }
    const fields = this.#fields();
    if (this.#peek() !== undefined) this.#fail();
    return fields;
  }

  #fields(): Field[] {
    this.#take('{');
    const fields: Field[] = [];
    while (this.#peek() !== '}') fields.push(this.#field());
    this.#take('}');
    return fields;
  }

  #field(): Field {
    const first = this.#name();
    const isAlias = this.#peek() === ':';
    if (isAlias) this.#take(':');
    const name = isAlias ? this.#name() : first;
    const args = this.#peek() === '(' ? this.#entries('(', ')') : {};
    const fields = this.#peek() === '{' ? this.#fields() : [];
    return { name, alias: first, args, fields };
  }

  #entries(open: string, close: string): Record<string, unknown> {
    this.#take(open);
    const entries: Record<string, unknown> = {};
    while (this.#peek() !== close) {
      const name = this.#name();
      this.#take(':');
      entries[name] = this.#value();
    }
    this.#take(close);
    return entries;
  }

  #value(): unknown {
    const token = this.#peek();
    if (token === '{') return this.#entries('{', '}');
    if (token === '[') return this.#list();
    this.#next();
    if (token === undefined) this.#fail();
    if (token.startsWith('$')) return this.#variables[token.slice(1)] ?? null;
    if (token.startsWith('"')) return JSON.parse(token);
    if (/^-?\d/.test(token)) return Number(token);
    if (token === 'true' || token === 'false') return token === 'true';
    return token === 'null' ? null : token;
  }

  #list(): unknown[] {
    this.#take('[');
    const values: unknown[] = [];
    while (this.#peek() !== ']') values.push(this.#value());
    this.#take(']');
    return values;
  }

  #name(): string {
    const token = this.#next();
    if (!/^[A-Za-z_]/.test(token)) this.#fail(token);
    return token;
  }

  #take(expected: string): void {
    const token = this.#next();
    if (token !== expected) this.#fail(token);
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    return token ?? this.#fail();
  }

  #fail(token: string | undefined = this.#peek()): never {
    throw new GraphError(`Syntax Error: unexpected ${token ?? 'end of the query'}`);
  }
}
