import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectClient } from '#temporal/connection.ts';
import { ensureSchedules } from '#temporal/ensure-schedules.ts';
import { listSchedules, pauseSchedule, resumeSchedule } from '#temporal/schedule-control.ts';
import { JOBS } from '#temporal/schedule-table.ts';
import { startLocalServices, type LocalServices } from '../support/services.ts';

let services: LocalServices;
let client: Client;
beforeAll(async () => {
  services = await startLocalServices();
  client = await connectClient({ address: services.temporalAddress, namespace: services.namespace });
});
afterAll(async () => {
  await client?.connection.close();
  await services?.stop();
});

const names = async () => {
  const found: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) found.push(scheduleId);
  return found.sort();
};
/** A schedule that nobody made by the table; lists show it a moment later. */
const make = (scheduleId: string, memo?: Record<string, unknown>) =>
  client.schedule.create({
    scheduleId,
    spec: { intervals: [{ every: '1d' }] },
    action: { type: 'startWorkflow', workflowType: 'ingest', taskQueue: 'pipeline', args: [] },
    ...(memo && { memo }),
  });

test('one schedule a job, however often they are made, in the form of the table', async () => {
  await Promise.all([ensureSchedules(client), ensureSchedules(client)]);
  await ensureSchedules(client);
  expect(JOBS.filter(({ workflowType }) => workflowType === 'pollSources').length).toBeGreaterThan(1);
  for (const { name, workflowType, everyMs, args } of JOBS) {
    const { spec, action, policies } = await client.schedule.getHandle(name).describe();
    expect(spec.intervals).toMatchObject([{ every: everyMs }]);
    expect(action).toMatchObject({ workflowType, workflowId: `scheduled/${name}` });
    expect(action.args ?? []).toEqual(args);
    expect(policies).toEqual({ overlap: 'SKIP', catchupWindow: 60_000, pauseOnFailure: false });
  }
});

test('one that a person has paused stays paused, and says why', async () => {
  await pauseSchedule(client, 'classify', 'maintenance');
  await ensureSchedules(client);
  const paused = (await listSchedules(client)).find(({ name }) => name === 'classify');
  expect(paused).toMatchObject({ exists: true, paused: true, note: 'maintenance', nextRunAt: null });
  await resumeSchedule(client, 'classify', 'done');
  const resumed = (await listSchedules(client)).find(({ name }) => name === 'classify');
  expect(resumed).toMatchObject({ paused: false, note: 'done', nextRunAt: expect.any(Number) as number });
});

test('those of ours that the table does not have are removed, and nobody else’s', async () => {
  const old = `ingest-${randomUUID()}`;
  await Promise.all([make(old), make('retired', { owner: 'signalman' }), make('somebody-else')]);
  await vi.waitUntil(async () => (await names()).length === JOBS.length + 3, 10_000);
  await ensureSchedules(client);
  await vi.waitUntil(async () => !(await names()).includes(old), 10_000);
  expect(await names()).toEqual([...JOBS.map(({ name }) => name), 'somebody-else'].sort());
});

test('a schedule that is missing is shown as that', async () => {
  await client.schedule.getHandle('reconcile').delete();
  const [missing] = (await listSchedules(client)).filter(({ exists }) => !exists);
  expect(missing).toMatchObject({ name: 'reconcile', lastSuccessAt: null });
});
