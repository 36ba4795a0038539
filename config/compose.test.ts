import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
});
const compose = z
  .object({
    services: z.record(z.string(), service),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
    networks: z.record(z.string(), z.unknown()),
  })
  .parse(parse(readFileSync(`${ROOT}docker-compose.yml`, 'utf8'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('signalman:'));
const namesWhere = (is: (each: z.infer<typeof service>) => boolean): string[] =>
  services.filter(([, each]) => is(each)).map(([name]) => name);

test('the master key goes to those that seal or open trading keys, and to nobody else', () => {
  expect(namesWhere(({ secrets }) => secrets.includes('master-key'))).toEqual(['api', 'trading', 'watch']);
  expect(
    namesWhere(({ environment }) => Object.keys(environment).some((name) => name.includes('MASTER'))),
  ).toEqual(['api', 'trading', 'watch']);
});

test('every secret of a service is one of the file, and every file variable names one of its own', () => {
  for (const [name, { secrets, environment }] of services) {
    expect(Object.keys(compose.secrets), name).toEqual(expect.arrayContaining(secrets));
    const named = Object.entries(environment)
      .filter(([variable]) => variable.endsWith('_FILE'))
      .map(([, file]) => String(file).replace('/run/secrets/', ''));
    expect(named.toSorted(), name).toEqual(secrets.toSorted());
  }
});

test('services wait for services that are there, on networks that are there', () => {
  for (const [name, { depends_on, networks }] of services) {
    expect(Object.keys(compose.services), name).toEqual(expect.arrayContaining(Object.keys(depends_on)));
    expect(Object.keys(compose.networks), name).toEqual(expect.arrayContaining(networks));
  }
});

test('images have a version, and ports are published on loopback only', () => {
  for (const [name, { image, ports }] of services) {
    expect(image, name).toMatch(/:\d+\.\d+/);
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
  }
});

test('our services run commands that there are, of the version of the package', () => {
  const commands = globSync('cli/commands/*.ts', { cwd: ROOT }).map((file) =>
    file.replace(/^.*\/|\.ts$/g, ''),
  );
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')));
  expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'trading', 'watch', 'pipeline']);
  for (const [name, { image, command = [] }] of ours) {
    expect(image).toBe(`signalman:${version}`);
    expect(commands, name).toContain(command[0]);
  }
});
