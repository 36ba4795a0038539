import { watch, watchFile as pollFile, unwatchFile, type FSWatcher, type StatsListener } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Writes come in bursts; what follows within this time is one change. */
const DEBOUNCE_MS = 10;
/** Some file systems report nothing; then this is how long a change waits. */
const POLL_MS = 1_000;

/**
 * Calls back soon after the file has changed, appeared or been replaced. Watches its folder, because a watch on a
 * file follows it when it is renamed away. Returns how to stop.
 */
export function watchFile(path: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = null;
      onChange();
    }, DEBOUNCE_MS);
  };
  const onStats: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) changed();
  };
  const watcher = watchFolder(path, changed);
  pollFile(path, { interval: POLL_MS, persistent: false }, onStats);
  return () => {
    watcher?.close();
    unwatchFile(path, onStats);
    if (timer) clearTimeout(timer);
  };
}

/** Null where the folder cannot be watched: polling remains. */
function watchFolder(path: string, changed: () => void): FSWatcher | null {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) changed();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
