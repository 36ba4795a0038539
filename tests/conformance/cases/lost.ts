import { expect } from 'vitest';
import type { ConformanceCase } from '../case.ts';

export const LOST: ConformanceCase[] = [
  {
    id: 'lost-answer',
    what: 'an entry whose answer was lost is found, and there is one',
    fault: 'answer_lost',
    async run(desk) {
      await desk.harness.inject('answer_lost');
      expect(await desk.placeOnce(desk.entry())).toMatchObject({ status: 'filled' });
      await desk.expectEnteredOnce();
    },
  },
  {
    id: 'lost-command',
    what: 'an entry that was lost on the way is fenced off and sent anew, and there is one',
    fault: 'command_lost',
    async run(desk) {
      await desk.harness.inject('command_lost');
      expect(await desk.placeOnce(desk.entry())).toMatchObject({ status: 'filled' });
      await desk.expectEnteredOnce();
    },
  },
  {
    id: 'lost-restart',
    what: 'a restart between a lost answer and its look-up changes nothing',
    fault: 'answer_lost',
    async run(desk) {
      await desk.harness.inject('answer_lost');
      const entry = desk.entry();
      const { outcome, nonce, reference } = await desk.send([entry]);
      await desk.harness.restart();
      const fence = await desk.harness.venue.execution.fence(desk.account, nonce, reference);
      expect(fence, JSON.stringify(outcome)).toEqual({ kind: 'confirmed', value: 'landed' });
      expect(await desk.lookUp(entry)).toMatchObject({ status: 'filled' });
      await desk.expectEnteredOnce();
    },
  },
  {
    id: 'restart-resting',
    what: 'position and resting orders are the same after a restart, and can still be cancelled',
    async run(desk) {
      const held = await desk.openPosition();
      const stop = desk.stop(held, 10);
      await desk.place(stop);
      const before = await desk.openOrders();
      await desk.harness.restart();
      expect(await desk.held()).toBe(held);
      expect(await desk.openOrders()).toEqual(before);
      expect(before).toHaveLength(1);
      const { execution } = desk.harness.venue;
      const nonce = desk.harness.nextNonce();
      const cancelled = await execution.cancel(desk.account, desk.instrument, [stop.clientOrderId], {
        nonce,
      });
      expect(cancelled).toMatchObject({ kind: 'confirmed' });
      expect(await desk.openOrders()).toEqual([]);
    },
  },
  {
    id: 'rate-limit',
    what: 'a command the venue turned away for the number of requests did not happen, and can be sent later',
    fault: 'too_many_requests',
    async run(desk) {
      await desk.harness.inject('too_many_requests');
      const entry = desk.entry();
      const { outcome } = await desk.send([entry]);
      expect(outcome).toMatchObject({ kind: 'denied', code: 'rate_limited' });
      await desk.harness.heal();
      expect(await desk.placeOnce(entry)).toMatchObject({ status: 'filled' });
      // An adapter may hold its reads back for a while now; another one has no reason to.
      await desk.harness.restart();
      await desk.expectEnteredOnce();
    },
  },
  {
    id: 'clock-ahead',
    what: 'commands of a clock an hour ahead and of one an hour behind are taken, each once',
    unless: ({ noClock }) => noClock,
    async run(desk) {
      const hour = 3_600_000;
      const ahead = await desk.send([desk.entry()], { nonce: desk.harness.nextNonce() + hour });
      expect(ahead.outcome).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled' }] });
      const held = await desk.held();
      const behind = await desk.send([desk.exit(held)], { nonce: desk.harness.nextNonce() - hour });
      expect(behind.outcome).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled' }] });
      await desk.expectFlat();
    },
  },
  {
    id: 'clock-wrong',
    what: 'a command of a clock days off is refused with a code, not left in doubt',
    unless: ({ noClock }) => noClock,
    async run(desk) {
      const days = 3 * 86_400_000;
      for (const nonce of [desk.harness.nextNonce() - days, desk.harness.nextNonce() + days]) {
        const { outcome } = await desk.send([desk.entry()], { nonce });
        expect(outcome).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/^nonce_/) });
      }
      expect(await desk.fills()).toEqual([]);
    },
  },
];
