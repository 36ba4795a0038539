import type { Colors } from '#terminal/output.ts';
import type { StoryLine } from './story.ts';

/** Writes what happens, one aligned line each, with the time since a start. */
export interface Progress {
  /** A part of the system says what it is doing. */
  part: (name: string, line: string) => void;
  happened(line: StoryLine): void;
  /** Something the demo itself does or found. */
  note(text: string): void;
  /** Times count from here on. */
  restartClock(): void;
}

interface Screen {
  colors: Colors;
  line: (text?: string) => void;
}

const TIME_WIDTH = 7;
const KIND_WIDTH = 9;
const ABOUT_WIDTH = 13;

export function createProgress(screen: Screen): Progress {
  const { colors, line } = screen;
  let startedAt = Date.now();
  const since = (at: number): string =>
    colors.dim(`${(Math.max(0, at - startedAt) / 1000).toFixed(1)}s`.padStart(TIME_WIDTH));
  return {
    part: (name, text) => line(`${since(Date.now())}  ${colors.cyan(name.padEnd(KIND_WIDTH))}  ${text}`),
    happened: ({ at, kind, about, text }) =>
      line(
        `${since(at)}  ${paint(kind, colors)(kind.padEnd(KIND_WIDTH))}  ${colors.bold(about.padEnd(ABOUT_WIDTH))} ${text}`,
      ),
    note: (text) => line(`${since(Date.now())}  ${colors.magenta('demo'.padEnd(KIND_WIDTH))}  ${text}`),
    restartClock: () => (startedAt = Date.now()),
  };
}

function paint(kind: StoryLine['kind'], colors: Colors): (text: string) => string {
  if (kind === 'fill' || kind === 'open') return colors.green;
  if (kind === 'skip') return colors.yellow;
  if (kind === 'exit' || kind === 'closed') return colors.magenta;
  return kind === 'post' ? colors.blue : (text) => text;
}
