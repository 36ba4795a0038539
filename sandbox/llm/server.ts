import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { closeServer, listen } from '../listen.ts';
import { readJson } from '../read-json.ts';
import { runCommand, type LlmState } from './control.ts';
import { Faults } from './faults.ts';
import { readPost } from './reading/read-post.ts';
import { PROTOCOLS, readRequest, type ModelRequest, type Protocol } from './request.ts';
import { answerWith, failure, type HttpAnswer } from './respond.ts';

export interface LlmSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Milliseconds before each answer; 0 when not given. */
  latencyMs?: number;
  /** When given, requests with another key are refused with 401. */
  key?: string;
  /** Names that the list of models has; another model is refused with 404. Any model is taken when not given. */
  models?: readonly string[];
  /** Recorded answers by the exact text of the post; they go before the rules. */
  answers?: ReadonlyMap<string, unknown>;
}

/** A local stand-in for a language model. */
export interface LlmSandbox {
  /** The base URL for clients, `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  /** Runs a command as `POST /control` does. */
  control(command: unknown): unknown;
  state(): LlmState;
  close(): Promise<void>;
}

const LATE_MS = 30_000;
const DEFAULT_MODELS = ['stand-in'];

/** Starts a server for both protocols on this machine. Rejects if the port is taken. */
export async function startLlmSandbox(options: LlmSandboxOptions = {}): Promise<LlmSandbox> {
  const house: House = {
    ...options,
    faults: new Faults(),
    answers: new Map(options.answers),
    state: { requests: 0, inFlight: 0, mostInFlight: 0, posts: [] },
    closing: new AbortController(),
  };
  const server = createServer((request, response) => void serve(house, request, response));
  const address = await listen(server, { port: options.port ?? 0 });
  return {
    baseUrl: `${address}/v1`,
    control: (command) => runCommand(house, command),
    state: () => structuredClone(house.state),
    close: () => close(server, house),
  };
}

/** Everything that a running stand-in holds. */
export interface House extends LlmSandboxOptions {
  faults: Faults;
  answers: Map<string, unknown>;
  state: LlmState;
  closing: AbortController;
}

function close(server: Server, { closing }: House): Promise<void> {
  closing.abort();
  return closeServer(server);
}

async function serve(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, house.closing.signal]);
    send(response, await answer(house, request, signal));
  } catch (error) {
    send(response, failure(error instanceof SyntaxError ? 400 : 500, 'unreadable', String(error)));
  }
}

/** `signal` ends the wait for an answer that nobody reads any more. */
async function answer(house: House, request: IncomingMessage, signal: AbortSignal): Promise<HttpAnswer> {
  const path = request.url?.split('?')[0] ?? '';
  if (request.method === 'POST' && path === '/control') return control(house, await readJson(request));
  if (!isKnown(house, request)) return failure(401, 'invalid_api_key', 'Incorrect API key provided.');
  if (request.method === 'GET' && path.startsWith('/v1/models')) return listModels(house);
  const protocol = protocolOf(path);
  if (request.method !== 'POST' || protocol === null)
    return failure(404, 'not_found', `Unknown path ${path}.`);
  return ask(house, { protocol, body: await readJson(request) }, signal);
}

const protocolOf = (path: string): Protocol | null =>
  Object.entries(PROTOCOLS).find(([each]) => each === path)?.[1] ?? null;

const isKnown = ({ key }: House, { headers }: IncomingMessage): boolean =>
  key === undefined || headers.authorization === `Bearer ${key}`;

const ok = (body: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  isCut: false,
});

const listModels = ({ models = DEFAULT_MODELS }: House): HttpAnswer =>
  ok({
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'sandbox' })),
  });

function control(house: House, command: unknown): HttpAnswer {
  try {
    return ok(runCommand(house, command));
  } catch (error) {
    return failure(400, 'bad_command', String(error));
  }
}

async function ask(
  house: House,
  { protocol, body }: { protocol: Protocol; body: unknown },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const request = readOrNull(protocol, body);
  if (typeof request === 'string')
    return failure(400, 'missing_field', `Missing required parameter: ${request}.`);
  const { models, latencyMs = 0, state } = house;
  if (models && !models.includes(request.model))
    return failure(404, 'model_not_found', `The model ${request.model} does not exist.`);
  const fault = house.faults.take(request.post);
  count(state, request);
  try {
    const waitMs = fault?.kind === 'late' ? (fault.ms ?? LATE_MS) : latencyMs;
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
  } finally {
    state.inFlight -= 1;
  }
  return answerWith(request, house.answers.get(request.post) ?? readPost(request.post), fault);
}

function readOrNull(protocol: Protocol, body: unknown): ModelRequest | string {
  try {
    return readRequest(protocol, body);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Posts that are kept in the state. */
const MAX_POSTS = 20_000;

function count(state: LlmState, { post }: ModelRequest): void {
  state.requests += 1;
  state.inFlight += 1;
  state.mostInFlight = Math.max(state.mostInFlight, state.inFlight);
  if (state.posts.length < MAX_POSTS) state.posts.push(post);
}

function send(response: ServerResponse, { status, headers, body, isCut }: HttpAnswer): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-request-id': `req-${Date.now()}`,
  });
  if (!isCut) return void response.end(body);
  response.write(body.slice(0, Math.floor(body.length / 2)));
  response.destroy();
}
