import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPERATOR, readAdjustment, readExitReason, readSender, UNREADABLE_SENDER } from './inputs.ts';

describe('the sender of an input', () => {
  test.each([
    [{ by: 'ada' }, 'ada'],
    [undefined, OPERATOR],
    [{}, OPERATOR],
    [{ by: '' }, OPERATOR],
    [{ by: { name: 'ada' } }, UNREADABLE_SENDER],
    [{ by: 7 }, UNREADABLE_SENDER],
    [{ by: 'a'.repeat(201) }, UNREADABLE_SENDER],
    [{ by: 'a\0' }, UNREADABLE_SENDER],
    [{ by: 'a\ud83d' }, UNREADABLE_SENDER],
    [{ by: 'a\u{1f600}' }, 'a\u{1f600}'],
  ])('of %j is %s', (input, by) => {
    expect(readSender(input)).toEqual({ by });
  });
});

describe('the reason of an exit', () => {
  test.each([
    [{ reason: 'trailing_stop' }, 'trailing_stop'],
    [{ reason: 'nobody knows' }, 'closed_at_venue'],
    [{ reason: {} }, null],
    [undefined, null],
    ['trailing_stop', null],
  ])('of %j is %s', (input, reason) => {
    expect(readExitReason(input)).toBe(reason);
  });
});

describe('other exits', () => {
  test('are read with who asks for them', () => {
    const asked = { barriers: { stopLoss: { pct: 3 } }, by: 'ada' };
    expect(readAdjustment(asked)).toEqual({ ok: true, ...asked });
  });

  test.each([
    ['longer stop', { note: 'longer stop' }],
    ['', {}],
    ['a'.repeat(501), {}],
    ['a\0', {}],
    [7, {}],
  ])('keep a note that can be kept: %j', (note, kept) => {
    const asked = { barriers: { stopLoss: { pct: 3 } }, by: 'ada' };
    expect(readAdjustment({ ...asked, note })).toEqual({ ok: true, ...asked, ...kept });
  });

  test('without a sender are the operator’s', () => {
    expect(readAdjustment({ barriers: { stopLoss: { pct: 3 } } })).toMatchObject({ ok: true, by: OPERATOR });
  });

  test.each([undefined, null, 'stop', {}, { barriers: null }, { barriers: { stopLoss: { pct: -1 } } }])(
    '%j are refused with what is wrong',
    (input) => {
      expect(readAdjustment(input)).toMatchObject({ ok: false, text: expect.stringMatching(/\w: \w/) });
    },
  );
});

test('whatever is sent, a reader answers', () => {
  fc.assert(
    fc.property(fc.anything(), (input) => {
      for (const read of [readSender, readExitReason, readAdjustment]) read(input);
    }),
  );
});

test('a part of the exits that is null is wanted to be none', () => {
  expect(readAdjustment({ barriers: { timeLimitMs: null } })).toMatchObject({
    ok: true,
    barriers: {},
    none: ['timeLimitMs'],
  });
});
