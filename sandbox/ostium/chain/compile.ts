import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { InterfaceAbi } from 'ethers';
import { z } from 'zod';
import { SandboxError } from '../../errors.ts';

/** A compiled contract: its interface, and the code to put at its address. */
export interface CompiledContract {
  readonly abi: InterfaceAbi;
  readonly runtimeCode: string;
}

export type CompiledContracts = Readonly<Record<string, CompiledContract>>;

/** The contracts do not compile. The message is the compiler's. */
export class CompileError extends SandboxError {
  override readonly name = 'CompileError';
  readonly code = 'CONTRACTS_NOT_COMPILED';
}

const SOURCES = new URL('../contracts/', import.meta.url);
const CACHE = new URL('../../../node_modules/.cache/signalman/', import.meta.url);
const CHILD = fileURLToPath(import.meta.resolve('#sandbox/ostium/chain/compile-child.ts'));
/** Compiler settings without viaIR, which takes four times as long. The sources need no deeper stack. */
const SETTINGS = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'cancun',
  outputSelection: { '*': { '*': ['abi', 'evm.deployedBytecode.object'] } },
};

const artifacts = z.record(z.string(), z.object({ abi: z.array(z.any()), runtimeCode: z.string() }));
const solcOutput = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.any()),
          evm: z.object({ deployedBytecode: z.object({ object: z.string() }) }),
        }),
      ),
    )
    .optional(),
});

/**
 * Returns the sandbox's contracts by name. If the sources have changed, it compiles them in a child process (several
 * seconds) and saves the result under `node_modules/.cache` where it may write there, else it reads that result. The
 * npm package has the result beside its sources, saved there by `into`, a folder.
 *
 * @throws {CompileError} with the compiler's messages.
 */
export async function compileContracts({ into }: { into?: string } = {}): Promise<CompiledContracts> {
  const sources = await readSources();
  const input = JSON.stringify({ language: 'Solidity', sources, settings: SETTINGS });
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 16);
  const name = `ostium-contracts-${hash}.json`;
  const known = await readCompiled(name);
  const compiled = known ?? readOutput(await runCompiler(input));
  const content = JSON.stringify(compiled);
  if (known === undefined) await keep(CACHE, name, content).catch(() => undefined);
  if (into !== undefined) await keep(pathToFileURL(into), name, content);
  return compiled;
}

async function readSources(): Promise<Record<string, { content: string }>> {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.sol')).sort();
  const read = names.map(async (name) => [name, { content: await readFile(new URL(name, SOURCES), 'utf8') }]);
  return Object.fromEntries(await Promise.all(read));
}

async function readCompiled(name: string): Promise<CompiledContracts | undefined> {
  for (const folder of [SOURCES, CACHE]) {
    const content = await readFile(new URL(name, folder), 'utf8').catch(() => undefined);
    if (content !== undefined) return artifacts.parse(JSON.parse(content));
  }
  return undefined;
}

async function runCompiler(input: string): Promise<unknown> {
  const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0)
    throw new CompileError(`the Solidity compiler ended with status ${code}: ${errors.slice(-2_000)}`);
  return JSON.parse(output);
}

function readOutput(output: unknown): z.infer<typeof artifacts> {
  const { errors = [], contracts = {} } = solcOutput.parse(output);
  const fatal = errors.filter(({ severity }) => severity === 'error');
  if (fatal.length > 0) throw new CompileError(fatal.map((each) => each.formattedMessage).join('\n'));
  return Object.fromEntries(
    Object.values(contracts)
      .flatMap((file) => Object.entries(file))
      .map(([name, { abi, evm }]) => [name, { abi, runtimeCode: `0x${evm.deployedBytecode.object}` }]),
  );
}

/** Writes a file in one step, because several processes may compile and read it at the same time. */
async function keep(folder: URL, name: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = new URL(`${name}.${process.pid}`, folder);
  await writeFile(draft, content);
  await rename(draft, new URL(name, folder));
}
