import { CommandError } from '../errors.ts';

/** An account: its id stays, its name may change. */
export interface Account {
  readonly id: string;
  username: string;
  isProtected: boolean;
  isSuspended: boolean;
}

export type ReferenceType = 'retweeted' | 'quoted' | 'replied_to';

export interface Post {
  readonly id: string;
  readonly authorId: string;
  readonly createdAtMs: number;
  readonly text: string;
  readonly reference: { readonly type: ReferenceType; readonly id: string } | null;
  /** Ids of all its versions, oldest first; the last one is this one. */
  readonly history: readonly string[];
}

export interface ActivityEvent {
  readonly type: 'post.create' | 'post.delete';
  readonly uuid: string;
  readonly userId: string;
  readonly post: Post;
  readonly atMs: number;
}

const EPOCH_MS = 1_288_834_974_657n;

/** Accounts and posts of the stand-in, and what happens to them. */
export class Platform {
  readonly accounts = new Map<string, Account>();
  readonly posts = new Map<string, Post>();
  readonly events: ActivityEvent[] = [];
  readonly #listeners = new Set<(event: ActivityEvent) => void>();
  #sequence = 0n;

  account(id: string, username: string): Account {
    const account = { id, username, isProtected: false, isSuspended: false };
    this.accounts.set(id, account);
    return account;
  }

  findByName(username: string): Account | undefined {
    const wanted = username.toLowerCase();
    return [...this.accounts.values()].find((account) => account.username.toLowerCase() === wanted);
  }

  /** Publishes a post; a repost has the id of what it repeats as its reference. */
  post(authorId: string, text: string, more: { reference?: Post['reference']; atMs?: number } = {}): Post {
    const createdAtMs = more.atMs ?? Date.now();
    const id = this.#newId(createdAtMs);
    const post = { id, authorId, createdAtMs, text, reference: more.reference ?? null, history: [id] };
    this.posts.set(id, post);
    this.#tell('post.create', post);
    return post;
  }

  /** Publishes a new version of a post under a new id; the version before is gone from timelines. */
  edit(id: string, text: string): Post {
    const before = this.#newest(id);
    const newId = this.#newId(Date.now());
    const post = { ...before, id: newId, text, history: [...before.history, newId] };
    this.posts.set(newId, post);
    this.posts.delete(before.id);
    this.#tell('post.create', post);
    return post;
  }

  /** Deletes a post with all its versions. */
  delete(id: string): void {
    const post = this.#newest(id);
    this.posts.delete(post.id);
    this.#tell('post.delete', post);
  }

  /** Posts of an account, newest first. */
  timeline(authorId: string): Post[] {
    return [...this.posts.values()]
      .filter((post) => post.authorId === authorId)
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  }

  /** Calls back with each event; returns how to stop. */
  onEvent(listener: (event: ActivityEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #newest(id: string): Post {
    const found = [...this.posts.values()].find(({ history }) => history.includes(id));
    if (!found) throw new CommandError(`no post ${id}`);
    return found;
  }

  #tell(type: ActivityEvent['type'], post: Post): void {
    this.#sequence += 1n;
    const uuid = `208${String(this.#sequence).padStart(16, '0')}`;
    const event = { type, uuid, userId: post.authorId, post, atMs: Date.now() };
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** A snowflake: milliseconds since X's epoch above 22 bits that count. */
  #newId(atMs: number): string {
    this.#sequence += 1n;
    return String(((BigInt(Math.floor(atMs)) - EPOCH_MS) << 22n) | (this.#sequence & 0x3f_ffffn));
  }
}
