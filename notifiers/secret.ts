import { openText, sealText, type SealingKey } from '#process/sealed-text.ts';
import { ChannelDown } from './errors.ts';

/** The target of a channel as stored. */
export interface SealedTarget {
  sealKeyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

/** Seals the target of a channel with the first key, bound to the channel: it opens for no other. */
export function sealTarget(keys: readonly SealingKey[], channelId: string, target: object): SealedTarget {
  const [current] = keys;
  if (!current) throw new ChannelDown(NO_KEY);
  return { sealKeyId: current.id, sealed: sealText(current.key, boundTo(channelId), JSON.stringify(target)) };
}

/** Opens the target of a channel. Throws `ChannelDown`, whose text names no secret. */
export function openTarget(
  keys: readonly SealingKey[],
  channelId: string,
  { sealKeyId, sealed }: SealedTarget,
): unknown {
  if (keys.length === 0) throw new ChannelDown(NO_KEY);
  const key = keys.find(({ id }) => id === sealKeyId);
  const text = key && openText(key.key, boundTo(channelId), sealed);
  if (text) return JSON.parse(text);
  throw new ChannelDown(
    `the address of the channel does not open: it was sealed with another SIGNALMAN_SOURCE_KEY (${sealKeyId}); add it anew`,
  );
}

const NO_KEY =
  'this process has no key for the addresses of channels: set SIGNALMAN_SOURCE_KEY, for the API and the pipeline alike';

const boundTo = (channelId: string): Buffer => Buffer.from(`signalman notification channel\n${channelId}`);
