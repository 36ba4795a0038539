import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { VENUES } from '#domain/ids.ts';
import { connectClient } from '#temporal/connection.ts';
import { uiLinks } from '#temporal/ui-links.ts';
import { SEARCH_ATTRIBUTES, TASK_QUEUES } from '#workflows/names.ts';
import { identifyProcess } from '#process/identity.ts';
import { readWatcher, type WatcherReport } from '#temporal/watcher-health.ts';
import type { LocalSystem } from '../find-api.ts';
import { findTemporal } from '../temporal-settings.ts';
import { counted, duration } from '#terminal/output.ts';
import { broken, CHECK_TIMEOUT_MS, off, ok, reasonOf, type Finding } from './finding.ts';

/** Temporal forgets a poller five minutes after its last poll; a live one polls every minute. */
const STALE_POLLER_MS = 90_000;
const { TaskQueueType } = proto.temporal.api.enums.v1;
const CHECK_STREAM =
  'what rests at the venue holds; see whether the venue can be reached, and the log of the workers';
const START_WORKERS = 'start the workers: npx signalman up, or node workers/main.ts';

/** Checks the Temporal server, its namespace, the workers of its queues, and whether prices are watched. */
export async function checkTemporal(system: LocalSystem): Promise<Finding[]> {
  const settings = findTemporal(system);
  if (!settings) {
    return [
      broken('temporal', 'none is running', 'start the system (npx signalman up), or set TEMPORAL_ADDRESS'),
    ];
  }
  const { address, namespace, from } = settings;
  let client: Client;
  try {
    client = await connectClient(settings, CHECK_TIMEOUT_MS);
  } catch (error) {
    const remedy = system.run
      ? `it is started again by itself; see npx signalman status, and its log in ${system.stateDir}/temporal`
      : 'start it, or correct TEMPORAL_ADDRESS';
    return [broken('temporal', `${address}: ${reasonOf(error)}`, remedy, from)];
  }
  try {
    return await client.withDeadline(Date.now() + 3 * CHECK_TIMEOUT_MS, async () => [
      ok('temporal', `${address} answers`, from),
      ...findUi(system, namespace),
      await checkNamespace(client, namespace),
      ...(await Promise.all(
        Object.values(TASK_QUEUES).map((queue) => checkPollers(client, namespace, queue)),
      )),
      ...(await checkWatchers(client, system)),
    ]);
  } finally {
    await client.connection.close();
  }
}

function findUi({ run }: LocalSystem, namespace: string): Finding[] {
  const url = run?.temporalUiUrl;
  if (url === undefined) return [off('temporal ui', 'its address is not known here')];
  return [ok('temporal ui', url), ...uiLinks(url, namespace).map((link) => ok(link.name, link.url))];
}

async function checkNamespace(client: Client, namespace: string): Promise<Finding> {
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    const wanted = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
    const missing = wanted.filter((name) => !Object.hasOwn(customAttributes ?? {}, name));
    if (missing.length === 0) return ok('namespace', `${namespace}, all ${wanted.length} search attributes`);
    const remedy = `temporal operator search-attribute create --namespace ${namespace} --type Keyword --name NAME`;
    return broken('namespace', `${namespace} lacks search attributes ${missing.join(', ')}`, remedy);
  } catch (error) {
    const remedy = `temporal operator namespace create ${namespace}, or correct TEMPORAL_NAMESPACE`;
    return broken('namespace', `${namespace}: ${reasonOf(error)}`, remedy);
  }
}

async function checkPollers(client: Client, namespace: string, name: string): Promise<Finding> {
  const part = `workers ${name}`;
  try {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      // Every queue has activities; one of them has nothing else.
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    const live = (pollers ?? []).filter(
      ({ lastAccessTime, identity }) => ageOf(lastAccessTime) < STALE_POLLER_MS && mayRun(identity ?? ''),
    );
    if (live.length === 0) return broken(part, `nobody polls the task queue ${name}`, START_WORKERS);
    const { size } = new Set(live.map(({ identity }) => identity));
    return ok(part, `${counted(size, 'worker')} polling`);
  } catch (error) {
    return broken(part, reasonOf(error), START_WORKERS);
  }
}

/** Temporal remembers a worker for minutes after its end; one of this machine can be looked for. */
function mayRun(identity: string): boolean {
  const [pid = '', host] = identity.split('@');
  return host !== hostname() || identifyProcess(Number(pid)) !== undefined;
}

async function checkWatchers(client: Client, system: LocalSystem): Promise<Finding[]> {
  const found = await Promise.all(VENUES.map((venue) => checkWatcher(client, venue, system)));
  return found.filter((finding) => finding !== null);
}

type VenueName = (typeof VENUES)[number];

/** Checks the watcher of a venue; null for one that was never watched and is not in use. */
async function checkWatcher(client: Client, venue: VenueName, system: LocalSystem): Promise<Finding | null> {
  const part = `prices ${venue}`;
  try {
    const report = await readWatcher(client, venue);
    if (!report)
      return isTraded(venue, system)
        ? broken(part, 'the price watch was never started', START_WORKERS)
        : null;
    return findingOf(part, report);
  } catch (error) {
    return broken(part, reasonOf(error), START_WORKERS);
  }
}

/** Whether the environment or the run has the venue. */
const isTraded = (venue: VenueName, { environment, run }: LocalSystem): boolean =>
  venue === 'hyperliquid'
    ? (environment.HYPERLIQUID_URL ?? run?.sandboxUrl) !== undefined
    : (environment.OSTIUM_RPC_URLS ?? run?.ostium) !== undefined;

function findingOf(part: string, { state, beatAt, health }: WatcherReport): Finding {
  const age = beatAt === null ? null : duration(Math.max(0, Date.now() - beatAt));
  switch (state) {
    case 'none': {
      const last = age === null ? 'no heartbeat yet' : `the last heartbeat was ${age} ago`;
      return broken(part, `nobody watches: ${last}`, START_WORKERS);
    }
    case 'blind':
      return broken(part, 'the price stream is down: nothing is fired', CHECK_STREAM);
    case 'behind':
      return ok(part, `${health?.watches} trades on watch, making up for prices that went by`);
    default:
      return ok(part, `${health?.watches} trades on watch, last heartbeat ${age} ago`);
  }
}

/** Returns the milliseconds since a protobuf timestamp; infinite when there is none. */
function ageOf(
  time: { seconds?: { toString(): string } | null; nanos?: number | null } | null | undefined,
): number {
  if (!time?.seconds) return Infinity;
  return Math.max(0, Date.now() - (Number(time.seconds.toString()) * 1000 + (time.nanos ?? 0) / 1e6));
}
