import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { StopStep } from './stop-process.ts';

/** The descriptor on which a guard hears that its owner has ended. */
const GUARD_CHANNEL = 3;
const DISMISSAL = 'dismissed\n';

/**
 * A shell that waits for the end of descriptor 0. A word there dismisses it; an end without a word is the death of
 * the owner, and the process named by the first argument is ended by the steps that follow (signal, seconds, ...).
 */
const WATCH = [
  'pid=$1; shift',
  'read -r word && exit 0',
  'while [ $# -gt 1 ]; do',
  '  kill -s "$1" "$pid" || exit 0',
  '  left=$2; shift 2',
  '  while [ "$left" -gt 0 ] && kill -0 "$pid"; do sleep 1; left=$((left - 1)); done',
  'done',
].join('\n');

/**
 * A shell that starts the guard and then becomes the command: a command never runs unguarded. The guard is no child of
 * the command, since Postgres takes the violent death of any child for a crash of its own.
 */
const LAUNCH = [
  'watch=$1; steps=$2; shift 2',
  `(sh -c "$watch" signalman-guard $$ $steps <&${GUARD_CHANNEL} ${GUARD_CHANNEL}<&- >/dev/null 2>&1 &)`,
  `exec "$@" ${GUARD_CHANNEL}<&-`,
].join('\n');

interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Returns the command in a form that ends by `steps` when this process ends, also by `kill -9`. It needs a pipe as
 * its descriptor 3, and {@link dismissGuard} at its end.
 */
export const guarded = ({ file, args }: Command, steps: readonly StopStep[]): Command => ({
  file: 'sh',
  args: ['-c', LAUNCH, 'signalman-launch', WATCH, stepsText(steps), file, ...args],
});

/** Ends the guard of a child that has ended, whose pid may belong to another program soon. */
export function dismissGuard(child: ChildProcess): void {
  const channel = child.stdio[GUARD_CHANNEL];
  if (!isWritable(channel)) return;
  channel.on('error', () => undefined);
  channel.end(DISMISSAL);
}

const isWritable = (stream: unknown): stream is Writable =>
  typeof stream === 'object' && stream !== null && 'end' in stream;

const stepsText = (steps: readonly StopStep[]): string =>
  steps.map(({ signal, waitMs }) => `${signal.replace('SIG', '')} ${Math.ceil(waitMs / 1000)}`).join(' ');
