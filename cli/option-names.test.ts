import { expect, test } from 'vitest';
import { ApiRequestError } from '#api/client.ts';
import { typedMessage } from './option-names.ts';

const refused = (...pointers: string[]) =>
  new ApiRequestError('The request is not valid.', {
    code: 'validation_failed',
    fields: pointers.map((pointer) => ({ in: 'body' as const, pointer, detail: 'must be more' })),
  });

test.each([
  ['/sizeModel/notionalUsd', '--notional: must be more'],
  ['/barriers/takeProfits/0/fraction', '--target (0.fraction): must be more'],
  ['/barriers/trailing', '--policy (trailing): must be more'],
  ['/maxNotionalUsd', '--max-notional: must be more'],
  ['/unheard', '/unheard: must be more'],
])('%s is told as it was typed', (pointer, text) => {
  expect(typedMessage(refused(pointer))).toBe(text);
});

test('other refusals keep their sentence, and a missing wallet names its option', () => {
  expect(typedMessage(new ApiRequestError('The trade has ended.'))).toBe('The trade has ended.');
  const needed = new ApiRequestError('Give `walletAddress`.', { code: 'wallet_needed' });
  expect(typedMessage(needed)).toContain('--wallet');
});
