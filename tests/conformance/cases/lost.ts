import { expect } from 'vitest';
import type { ConformanceCase } from '../case.ts';

export const LOST: ConformanceCase[] = [
  {
    id: 'lost-answer',
    what: 'an entry whose answer was lost is found, and there is one',
    fault: 'answer_lost',
    async run(trader) {
      await trader.harness.inject('answer_lost');
      expect(await trader.placeOnce(trader.entry())).toMatchObject({ status: 'filled' });
      await trader.expectEnteredOnce();
    },
  },
  {
    id: 'lost-command',
    what: 'an entry that was lost on the way is fenced off and sent anew, and there is one',
    fault: 'command_lost',
    async run(trader) {
      await trader.harness.inject('command_lost');
      expect(await trader.placeOnce(trader.entry())).toMatchObject({ status: 'filled' });
      await trader.expectEnteredOnce();
    },
  },
  {
    id: 'lost-restart',
    what: 'a restart between a lost answer and its look-up changes nothing',
    fault: 'answer_lost',
    async run(trader) {
      await trader.harness.inject('answer_lost');
      const entry = trader.entry();
      const { outcome, nonce, reference } = await trader.send([entry]);
      await trader.harness.restart();
      const fence = await trader.harness.venue.execution.fence(trader.account, nonce, reference);
      expect(fence, JSON.stringify(outcome)).toEqual({ kind: 'confirmed', value: 'landed' });
      expect(await trader.lookUp(entry)).toMatchObject({ status: 'filled' });
      await trader.expectEnteredOnce();
    },
  },
  {
    id: 'restart-resting',
    what: 'position and resting orders are the same after a restart, and can still be cancelled',
    async run(trader) {
      const held = await trader.openPosition();
      const stop = trader.stop(held, 10);
      await trader.place(stop);
      const before = await trader.openOrders();
      await trader.harness.restart();
      expect(await trader.held()).toBe(held);
      expect(await trader.openOrders()).toEqual(before);
      expect(before).toHaveLength(1);
      const { execution } = trader.harness.venue;
      const nonce = trader.harness.nextNonce();
      const cancelled = await execution.cancel(trader.account, trader.instrument, [stop.clientOrderId], {
        nonce,
      });
      expect(cancelled).toMatchObject({ kind: 'confirmed' });
      expect(await trader.openOrders()).toEqual([]);
    },
  },
  {
    id: 'rate-limit',
    what: 'a command the venue turned away for the number of requests did not happen, and can be sent later',
    fault: 'too_many_requests',
    async run(trader) {
      await trader.harness.inject('too_many_requests');
      const entry = trader.entry();
      const { outcome } = await trader.send([entry]);
      expect(outcome).toMatchObject({ kind: 'denied', code: 'rate_limited' });
      await trader.harness.heal();
      expect(await trader.placeOnce(entry)).toMatchObject({ status: 'filled' });
      // An adapter may hold its reads back for a while now; another one has no reason to.
      await trader.harness.restart();
      await trader.expectEnteredOnce();
    },
  },
  {
    id: 'clock-ahead',
    what: 'commands of a clock an hour ahead and of one an hour behind are taken, each once',
    unless: ({ noClock }) => noClock,
    async run(trader) {
      const hour = 3_600_000;
      const ahead = await trader.send([trader.entry()], { nonce: trader.harness.nextNonce() + hour });
      expect(ahead.outcome).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled' }] });
      const held = await trader.held();
      const behind = await trader.send([trader.exit(held)], { nonce: trader.harness.nextNonce() - hour });
      expect(behind.outcome).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled' }] });
      await trader.expectFlat();
    },
  },
  {
    id: 'clock-wrong',
    what: 'a command of a clock days off is refused with a code, not left in doubt',
    unless: ({ noClock }) => noClock,
    async run(trader) {
      const days = 3 * 86_400_000;
      for (const nonce of [trader.harness.nextNonce() - days, trader.harness.nextNonce() + days]) {
        const { outcome } = await trader.send([trader.entry()], { nonce });
        expect(outcome).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/^nonce_/) });
      }
      expect(await trader.fills()).toEqual([]);
    },
  },
];
