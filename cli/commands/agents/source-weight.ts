import { InvalidArgumentError } from 'commander';

/** A source with how much an agent trusts it, 0 to 100. */
export interface SourceWeight {
  kind: string;
  handle: string;
  weight: number;
}

/** Reads an option such as `file:posts.jsonl:80`; commander reports what is wrong. */
export function addSource(text: string, sources: SourceWeight[]): SourceWeight[] {
  const [, kind, handle, weight] = /^(\w+):(.+):(\d{1,3})$/.exec(text) ?? [];
  if (kind === undefined || handle === undefined)
    throw new InvalidArgumentError('must be kind:handle:weight.');
  return [...sources, { kind, handle, weight: Number(weight) }];
}
