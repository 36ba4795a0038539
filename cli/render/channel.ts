import type { Channel } from '#api/schemas/channel.ts';
import { orDash, utc, type Colors } from '#terminal/output.ts';

/** Returns one channel as lines for people: what it is told, and how that goes. */
export function describeChannel(channel: Channel, colors: Colors): string[] {
  const { name, kind, label, topics, minSeverity, lastSentAt, lastError, retryAt, createdAt } = channel;
  const rows: [string, string][] = [
    ['kind', kind],
    ['where', label],
    ['state', stateText(channel)],
    ['told of', topics.join(', ')],
    ['least', minSeverity],
    ['when', whenText(channel)],
    ['last told', lastSentAt === null ? '-' : utc(lastSentAt)],
    ['last error', orDash(lastError)],
    ...(retryAt === null ? [] : ([['tried again', utc(retryAt)]] satisfies [string, string][])),
    ['added', utc(createdAt)],
  ];
  return [colors.bold(name), ...rows.map(([title, text]) => `${colors.dim(title.padEnd(14))}${text}`)];
}

export const stateText = ({ state, stopCode, failures, name }: Channel): string => {
  if (state === 'stopped') return `stopped (${stopCode}); signalman notify resume ${name}`;
  if (state === 'waiting') return 'waits for its chat';
  return state === 'failing' ? `failing (${failures} in a row)` : state;
};

export const whenText = ({ digest, quiet, timeZone }: Channel): string => {
  const often = digest === 'none' ? 'at once' : digest;
  return quiet ? `${often}, quiet ${quiet.from}-${quiet.to} ${timeZone}` : often;
};
