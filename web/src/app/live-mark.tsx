import { useContact } from '../live/contact.ts';
import { inUtc, moment, span } from '../format/time.ts';
import { useNow } from '../ui/use-now.ts';

/** Silence after which what is shown counts as stale. */
const STALE_MS = 10_000;

/** Says whether the page shows what is now, and since when it does not. */
export function LiveMark() {
  const { way, heardAt } = useContact();
  const now = useNow();
  const isStale = way === 'none' || now - heardAt > STALE_MS;
  return (
    <span className={`live-mark ${isStale ? 'stale' : 'live'}`} role="status">
      <span className="live-dot" aria-hidden="true" />
      {isStale ? (
        <span title={inUtc(heardAt)}>
          Stale since {moment(heardAt)} ({span(Math.max(0, now - heardAt))})
        </span>
      ) : (
        <span title={way === 'stream' ? 'Events arrive as they happen' : 'The page asks every two seconds'}>
          Live
        </span>
      )}
    </span>
  );
}
