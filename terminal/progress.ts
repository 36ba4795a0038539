import type { Colors } from './output.ts';

/** One thing that happened. */
export interface ProgressLine {
  at: number;
  kind: string;
  /** Whom or what it is about. */
  about: string;
  text: string;
}

/** Writes what happens, one aligned line each, with the time since it was created. */
export interface Progress {
  /** A part of the system says what it is doing. */
  part: (name: string, line: string) => void;
  happened(line: ProgressLine): void;
  /** Something the command itself does or found. */
  note(text: string): void;
}

interface Screen {
  colors: Colors;
  line: (text?: string) => void;
}

const TIME_WIDTH = 7;
const KIND_WIDTH = 9;
const ABOUT_WIDTH = 13;

/** `command` is the name that stands before its notes. */
export function createProgress(screen: Screen, command: string): Progress {
  const { colors, line } = screen;
  const startedAt = Date.now();
  const since = (at: number): string =>
    colors.dim(`${(Math.max(0, at - startedAt) / 1000).toFixed(1)}s`.padStart(TIME_WIDTH));
  const say = (name: string, text: string, paint: (text: string) => string): void =>
    line(`${since(Date.now())}  ${paint(name.padEnd(KIND_WIDTH))}  ${text}`);
  return {
    part: (name, text) => say(name, text, colors.cyan),
    happened: ({ at, kind, about, text }) =>
      line(
        `${since(at)}  ${paintOf(kind, colors)(kind.padEnd(KIND_WIDTH))}  ${colors.bold(about.padEnd(ABOUT_WIDTH))} ${text}`,
      ),
    note: (text) => say(command, text, colors.magenta),
  };
}

function paintOf(kind: string, colors: Colors): (text: string) => string {
  if (kind === 'fill' || kind === 'open') return colors.green;
  if (kind === 'skip') return colors.yellow;
  if (kind === 'exit' || kind === 'closed') return colors.magenta;
  return kind === 'post' ? colors.blue : (text) => text;
}
