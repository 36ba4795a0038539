import { CommandError } from '../errors.ts';
import type { ServiceFaults } from '../service/faults.ts';
import { startService, type ServiceAnswer, type ServiceRequest } from '../service/service.ts';
import { ActivityStream } from './activity-stream.ts';
import { control, type ControlTargets, type XCommand } from './control.ts';
import { Platform } from './platform.ts';
import { failures } from './problems.ts';
import type { Family } from './render.ts';
import { readTimeline, readUser, readUsers, type ReadContext } from './timelines.ts';

export interface XSandboxOptions {
  readonly port?: number;
  readonly host?: string;
  /** The bearer token that opens it. */
  readonly token?: string;
  /** Whose names for fields requests and answers use; default: those of the request. */
  readonly family?: Family | 'either';
  /** Interval of the stream's keep-alives; default 20 s. */
  readonly keepAliveMs?: number;
  /** Requests of timelines that one window of 15 minutes allows; default 10,000. */
  readonly timelineLimit?: number;
}

/** A running stand-in for the X API v2. */
export interface XSandbox {
  readonly url: string;
  readonly token: string;
  readonly platform: Platform;
  readonly stream: ActivityStream;
  readonly faults: ServiceFaults;
  readonly requests: readonly string[];
  control(command: XCommand): object | undefined;
  close(): Promise<void>;
}

const DEFAULT_TOKEN = 'sandbox-bearer-token';
const WINDOW_MS = 15 * 60_000;

/**
 * Starts a stand-in for the API v2 of X: timelines, users and the activity stream under `/2/`, and `POST /control` with
 * the commands of `control.ts`. Rejects if the port is taken.
 */
export async function startXSandbox(options: XSandboxOptions = {}): Promise<XSandbox> {
  const { token = DEFAULT_TOKEN, family = 'either', timelineLimit = 10_000 } = options;
  const platform = new Platform();
  const stream = new ActivityStream(platform, options.keepAliveMs);
  const window = { endsAt: Date.now() + WINDOW_MS, left: timelineLimit };
  const api = { platform, family, stream, token, window, limit: timelineLimit };
  const service = await startService({
    ...options,
    answer: (request) =>
      request.url.pathname === '/control' ? command(targets, request) : answer(api, request),
  });
  const targets: ControlTargets = { platform, stream, faults: service.faults };
  return {
    ...service,
    token,
    platform,
    stream,
    control: (each) => control(targets, each),
    async close() {
      stream.close();
      await service.close();
    },
  };
}

interface Api extends ReadContext {
  stream: ActivityStream;
  token: string;
  /** The window of the limit on timelines. */
  window: { endsAt: number; left: number };
  limit: number;
}

function answer(api: Api, request: ServiceRequest): ServiceAnswer {
  const { pathname } = request.url;
  if (request.headers.authorization !== `Bearer ${api.token}`) return asAnswer(failures.unauthorized());
  const [, timelineOf] = /^\/2\/users\/(\d+)\/tweets$/.exec(pathname) ?? [];
  if (timelineOf !== undefined) return limitTimeline(api, () => readTimeline(timelineOf, request, api));
  const [, username] = /^\/2\/users\/by\/username\/(\w+)$/.exec(pathname) ?? [];
  if (username !== undefined) return readUser('username', username, api);
  if (pathname === '/2/users/by') return readUsers(request, api);
  const [, id] = /^\/2\/users\/(\d+)$/.exec(pathname) ?? [];
  if (id !== undefined) return readUser('id', id, api);
  if (pathname === '/2/activity/stream') return api.stream.open(request);
  const [isSubscriptions, subscription] = /^\/2\/activity\/subscriptions(?:\/(\d+))?$/.exec(pathname) ?? [];
  if (isSubscriptions !== undefined) return api.stream.subscriptions(request, subscription);
  return { status: 404, body: { title: 'Not Found', type: 'about:blank', status: 404, detail: 'Not Found' } };
}

function limitTimeline({ window, limit }: Api, read: () => ServiceAnswer): ServiceAnswer {
  if (Date.now() >= window.endsAt) Object.assign(window, { endsAt: Date.now() + WINDOW_MS, left: limit });
  if (window.left <= 0) return asAnswer(failures.rateLimited((window.endsAt - Date.now()) / 1_000));
  window.left -= 1;
  const headers = {
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(window.left),
    'x-rate-limit-reset': String(Math.ceil(window.endsAt / 1_000)),
  };
  const answered = read();
  return 'stream' in answered ? answered : { ...answered, headers: { ...headers, ...answered.headers } };
}

const asAnswer = (failure: {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}) => ({
  status: failure.status,
  body: failure.body,
  ...(failure.headers && { headers: failure.headers }),
});

function command(targets: ControlTargets, { body }: ServiceRequest): ServiceAnswer {
  try {
    return { status: 200, body: control(targets, JSON.parse(body.toString('utf8'))) ?? {} };
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof SyntaxError)) throw error;
    return { status: 400, body: error.message };
  }
}
