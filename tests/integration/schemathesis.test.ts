import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '#api/app.ts';
import { newApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { pythonWith, PYTHON_TIMEOUT_MS } from '../support/python-venv.ts';

const run = promisify(execFile);
const SEED = '7';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
];
/** Streams without an end, and files without a size. */
const LEFT_OUT = '/v1/events|/exports';

/** It makes up other requests with each run, as ids differ: asked for, so that a chance find stops no other work. */
const isWanted = process.env['SIGNALMAN_SCHEMATHESIS'] === '1';
if (!isWanted) process.stderr.write('schemathesis runs with SIGNALMAN_SCHEMATHESIS=1 only\n');

let api: TestApi;
let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  if (!isWanted) return;
  api = await startTestApi();
  app = await buildApp({ ...api.deps, requestsPerMinute: 1_000_000 });
  await app.listen({ host: '127.0.0.1', port: 0 });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app?.close();
  await api?.stop();
});

async function keyOf(role: 'admin' | 'user'): Promise<string> {
  if (role === 'admin') return api.key;
  const user = await api.db.user.create({ data: { name: `a ${role}`, role } });
  const key = newApiKey();
  await saveApiKey(api.db, { userId: user.id, name: role, key });
  return key;
}

test.for(['admin', 'user'] as const)(
  'no made-up request of an %s fails inside, is answered in a way that is not described, or is taken against its schema',
  { timeout: PYTHON_TIMEOUT_MS },
  async (role, context) => {
    if (!isWanted) context.skip('it runs with SIGNALMAN_SCHEMATHESIS=1 only');
    const python = await pythonWith(context, 'schemathesis==4.32.5');
    const args = [
      '--phases',
      'examples,fuzzing',
      '--max-examples',
      '6',
      '--seed',
      SEED,
      '--continue-on-failure',
    ];
    const said = await run(
      python,
      [
        '-m',
        'schemathesis.cli',
        'run',
        `${url}/docs/json`,
        '--header',
        `Authorization: Bearer ${await keyOf(role)}`,
        '--checks',
        CHECKS.join(','),
        '--exclude-path-regex',
        LEFT_OUT,
        ...args,
      ],
      { env: { ...process.env, NO_COLOR: '1' }, cwd: api.stateDir, maxBuffer: 16_000_000 },
    ).catch((error: { stdout?: string; message: string }) => ({ stdout: error.stdout ?? error.message }));
    expect(said.stdout).toMatch(/\d+ generated, \d+ passed/);
    expect(said.stdout).not.toMatch(/ST\d{3}|unique failures/);
  },
);
