import { InvalidArgumentError } from 'commander';
import type { ApiClient } from '#api/client.ts';

/** A source as typed, with how much an agent trusts it, 0 to 100. */
export type TypedSource =
  | { kind: string; handle: string; weight: number }
  /** A source that there is; a part of its id is enough. */
  | { id: string; weight: number };

/** Reads an option such as `file:posts.jsonl:80` or `4c8e0b57:80`; commander reports what is wrong. */
export function addSource(text: string, sources: TypedSource[]): TypedSource[] {
  const [, name = '', weight] = /^(.+):(\d{1,3})$/.exec(text) ?? [];
  const [, kind, handle] = /^(\w+):(.+)$/.exec(name) ?? [];
  if (kind !== undefined && handle !== undefined)
    return [...sources, { kind, handle, weight: Number(weight) }];
  if (/^[0-9a-f-]{6,36}$/i.test(name)) return [...sources, { id: name, weight: Number(weight) }];
  throw new InvalidArgumentError('must be kind:handle:weight, or id:weight.');
}

/** Returns the sources as the API takes them, which reads only whole ids in a list. */
export const toSourceInputs = (api: ApiClient, sources: readonly TypedSource[]): Promise<object[]> =>
  Promise.all(
    sources.map(async (source) => {
      if (!('id' in source)) return source;
      const { id } = await api.get<{ id: string }>(`/sources/${encodeURIComponent(source.id)}`);
      return { sourceId: id, weight: source.weight };
    }),
  );
