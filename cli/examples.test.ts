import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { EXAMPLES } from './examples.ts';

const names = [
  ...readFileSync(new URL('main.ts', import.meta.url), 'utf8').matchAll(
    /^ {2}'?([a-z-]+)'?: \{\n {4}summary:/gm,
  ),
].map(([, name = '']) => name);

async function load(name: string): Promise<Command> {
  const module: Record<string, unknown> = await import(`./commands/${name}.ts`);
  const make = Object.entries(module).find(([each]) => each.endsWith('Command'))?.[1];
  if (typeof make !== 'function') throw new Error(`commands/${name}.ts makes no command`);
  return make();
}

/** The commands along a path, `deployments key rotate` for one. */
function commandsOf(command: Command, path = command.name()): [path: string, command: Command][] {
  return [[path, command], ...command.commands.flatMap((part) => commandsOf(part, `${path} ${part.name()}`))];
}

describe.each(names)('signalman %s', (name) => {
  test('has examples that call it with options it knows', async () => {
    const known = new Map(commandsOf(await load(name)));
    expect(EXAMPLES[name]).toBeDefined();
    for (const [path, examples] of Object.entries(EXAMPLES)) {
      if (path !== name && !path.startsWith(`${name} `)) continue;
      const command = known.get(path);
      for (const example of examples) {
        expect(example.startsWith(`signalman ${path}`), example).toBe(true);
        const options = [...example.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option);
        const flags = command?.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
        expect(
          options.filter((option) => !flags?.includes(option ?? '')),
          example,
        ).toEqual([]);
      }
    }
  });
});
