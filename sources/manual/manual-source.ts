import { z } from 'zod';
import { SourceInputError } from '../errors.ts';
import type { Source } from '../source.ts';

const HANDLE = /^[\w][\w.-]{0,59}$/;

/** Messages that a person or a program of theirs posts to the API, under a name of their choice. */
export const createManualSource = (): Source => ({
  kind: 'manual',
  options: z.strictObject({}),
  secret: 'none',
  parseHandle(handle) {
    if (HANDLE.test(handle)) return handle;
    throw new SourceInputError('/handle', 'a name has 1 to 60 letters, digits, dots, - or _');
  },
});
