import { z } from 'zod';
import type { SourceKind } from '#domain/statuses.ts';
import { SourceInputError } from '../errors.ts';
import type { Source } from '../source.ts';

/** Kinds of sources whose messages are posted to the API. */
export const POSTED_KINDS = ['webhook', 'tradingview'] as const satisfies readonly SourceKind[];
export type PostedKind = (typeof POSTED_KINDS)[number];

const HANDLE = /^[\w][\w.-]{0,59}$/;

/**
 * Messages that programs post to the API: `webhook` signed by the Standard Webhooks specification, `tradingview` under a
 * token in the address. The handle is a name of the operator's choice. What opens the door is made by the API.
 */
export const createPostedSource = (kind: PostedKind): Source => ({
  kind,
  options: z.strictObject({}),
  secret: 'none',
  parseHandle(handle) {
    if (HANDLE.test(handle)) return handle;
    throw new SourceInputError('/handle', 'a name has 1 to 60 letters, digits, dots, - or _');
  },
});
