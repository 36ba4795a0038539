import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoAgents } from './agents.ts';
import type { DemoPost } from './posts.ts';

/** What has been published so far. */
export interface Published {
  /** Lines that the sources are to find something new in. */
  lines: Set<string>;
  /** Of these, lines that are no posts. */
  unreadable: number;
  /** Nothing more will come. */
  all: boolean;
}

/** Appends each post at its time to the file its agent listens to. Ends early, without an error, when aborted. */
export async function publishPosts(
  posts: readonly DemoPost[],
  agents: DemoAgents,
  published: Published,
  onUnreadable: (line: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  for (const post of posts) {
    const waitMs = Math.max(0, startedAt + post.dueMs - performance.now());
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const { postsFile } = agents.agentFor(post.author);
    appendFileSync(postsFile, `${post.write(Date.now())}\n`);
    published.lines.add(`${postsFile}/${post.id ?? `line ${post.line}`}`);
    if (post.author !== null) continue;
    published.unreadable += 1;
    onUnreadable(post.line);
  }
  published.all = true;
}
