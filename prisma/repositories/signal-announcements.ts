import { SIDES, type Side, type Symbol } from '#domain/ids.ts';

export const SIGNAL_CHANNEL = 'signal_posted';

/** A signal that was just posted: the trading workers start its trades, without waiting for its fan-out. */
export interface SignalAnnouncement {
  signalId: string;
  /** The instrument that it calls. */
  symbol: Symbol;
  side: Side;
  agentName: string;
  deploymentIds: readonly string[];
  /** True when no other deployment gets a trade or a skip of the signal: it then counts as fanned out once these are started. */
  isWhole: boolean;
}

/** What an announcement says of the deployments of a signal's agent; null when only the fan-out starts its trades. */
export function announceTo(
  agentName: string,
  deployments: readonly { id: string; status: string }[],
): Pick<SignalAnnouncement, 'agentName' | 'deploymentIds' | 'isWhole'> | null {
  const deploymentIds = deployments.filter(({ status }) => status === 'active').map(({ id }) => id);
  if (deploymentIds.length === 0 || deploymentIds.length > MAX_ANNOUNCED) return null;
  return { agentName, deploymentIds, isWhole: deploymentIds.length === deployments.length };
}

/** More deployments than this do not go into one announcement: a payload has at most 8,000 bytes. */
export const MAX_ANNOUNCED = 20;

/** Returns the notification that announces a signal to the trading workers. */
export const writeSignalAnnouncement = (announcement: SignalAnnouncement): string =>
  JSON.stringify(announcement);

/** Returns the announcement in a notification; null for a payload that is none. */
export function readSignalAnnouncement(payload: string): SignalAnnouncement | null {
  try {
    const read: unknown = JSON.parse(payload);
    return isAnnouncement(read) ? read : null;
  } catch {
    return null;
  }
}

const isAnnouncement = (read: unknown): read is SignalAnnouncement =>
  typeof read === 'object' &&
  read !== null &&
  'signalId' in read &&
  typeof read.signalId === 'string' &&
  'symbol' in read &&
  typeof read.symbol === 'string' &&
  'side' in read &&
  SIDES.some((side) => side === read.side) &&
  'agentName' in read &&
  typeof read.agentName === 'string' &&
  'deploymentIds' in read &&
  Array.isArray(read.deploymentIds) &&
  read.deploymentIds.every((each) => typeof each === 'string') &&
  'isWhole' in read &&
  typeof read.isWhole === 'boolean';
