import type { Position } from '#api/schemas/position.ts';
import './level-bar.css';

/** Where the price stands between the stop (left) and the first target (right), with the entry as a line. */
export function LevelBar({ position }: { position: Position }) {
  const { stopPrice, entryPrice, markPrice, targets } = position;
  const target = targets[0]?.price ?? null;
  if (stopPrice === null || entryPrice === null || markPrice === null)
    return <span className="quiet">–</span>;
  const [stop, entry, mark] = [Number(stopPrice), Number(entryPrice), Number(markPrice)];
  const end = target === null ? entry + (entry - stop) : Number(target);
  const placeOf = (level: number) => Math.min(100, Math.max(0, ((level - stop) / (end - stop)) * 100));
  const [at, from] = [placeOf(mark), placeOf(entry)];
  if (!Number.isFinite(at) || !Number.isFinite(from)) return <span className="quiet">–</span>;
  const isGain = at >= from;
  return (
    <span
      className="level-bar"
      role="img"
      aria-label={`${Math.round(at)} % of the way from the stop to ${target === null ? 'as much profit as risk' : 'the first target'}`}
    >
      <span
        className={`level-fill ${isGain ? 'up' : 'down'}`}
        style={{ left: `${Math.min(at, from)}%`, width: `${Math.abs(at - from)}%` }}
      />
      <span className="level-entry" style={{ left: `${from}%` }} />
      <span className="level-mark" style={{ left: `${at}%` }} />
    </span>
  );
}
