import { z } from 'zod';
import { isIP } from 'node:net';
import { isPublicAddress } from '#process/public-address.ts';

const MAX_URL_LENGTH = 1_000;

/** Whether a URL can be written to as far as its text tells; a name is looked up when it is connected to. */
function findProblem(text: string, { allowPrivate }: { allowPrivate: boolean }): string | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    return 'must be a URL, such as https://example.com/hooks/trades';
  if (url.username !== '' || url.password !== '') return 'must have no user and password in it';
  if (allowPrivate) return null;
  if (url.protocol !== 'https:') return 'must begin with https://';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPrivate =
    isIP(host) !== 0 ? !isPublicAddress(host) : /(^|\.)(localhost|local|internal)\.?$/.test(host);
  return isPrivate ? `${host} is in a private network; SIGNALMAN_PRIVATE_CHANNELS=true allows it` : null;
}

/** The schema of an address that is posted to. */
export const postedUrl = (options: { allowPrivate: boolean }) =>
  z
    .string()
    .trim()
    .max(MAX_URL_LENGTH)
    .superRefine((text, context) => {
      const problem = findProblem(text, options);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });

/** Returns the host of an address and the end of it, which tells addresses of one host apart. */
export function maskUrl(text: string): string {
  const url = new URL(text);
  return `${url.host}/…${url.pathname.slice(-4)}`;
}
