import { inUtc, moment, span } from '../format/time.ts';
import { useNow } from './use-now.ts';

/** A moment in local time, with UTC on hover. */
export const Moment = ({ at }: { at: number | null }) =>
  at === null ? (
    <span className="quiet">–</span>
  ) : (
    <time dateTime={new Date(at).toISOString()} title={inUtc(at)}>
      {moment(at)}
    </time>
  );

/** How long ago something was, counting on. */
export function Ago({ at }: { at: number | null }) {
  const now = useNow();
  if (at === null) return <span className="quiet">never</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={inUtc(at)}>
      {span(Math.max(0, now - at))} ago
    </time>
  );
}

/** How long something lasts already, counting on. */
export function Since({ at }: { at: number }) {
  const now = useNow();
  return <span title={`since ${inUtc(at)}`}>{span(Math.max(0, now - at))}</span>;
}
