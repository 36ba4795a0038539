import { defineConfig } from 'vitest/config';
import { SlowFirst } from './tests/support/slow-first.ts';

const ignored = ['**/node_modules/**', '.signalman/**'];
const CHAOS = 'tests/faults/chaos.test.ts';

export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, 'tests/!(field)/**'],
          // Nothing but loading the same modules a hundred times would be gained by a fresh process per file.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          exclude: [...ignored, CHAOS],
          // Each file has services or names of its own, and waits more than it computes: two cores carry three.
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'replay',
          include: ['tests/replay/**/*.test.ts'],
          exclude: ignored,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // Last and by itself: it measures how long positions stand without a stop.
          name: 'chaos',
          include: [CHAOS],
          exclude: ignored,
          sequence: { groupOrder: 3 },
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
