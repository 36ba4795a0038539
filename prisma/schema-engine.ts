import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { catalogAdapter } from './catalog-adapter.ts';

/** The part of it that we use; the compiler's own library has it only together with a browser's. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { __wbindgen_start(): void } };
  RuntimeError: ErrorConstructor;
};

export type SchemaEngine = bindings.SchemaEngine;

let loaded = false;
let lastPanic = '';

/**
 * Runs `use` with Prisma's schema engine connected to the database. It is the engine behind `prisma migrate`,
 * compiled to WebAssembly: it needs no download and keeps the same history table.
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  load();
  const adapter = catalogAdapter(databaseUrl);
  let engine: SchemaEngine | undefined;
  try {
    const bound = bindMigrationAwareSqlAdapterFactory(adapter.factory);
    engine = await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, bound);
    return await use(engine);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError)
      throw new Error(`schema engine: ${lastPanic}`, { cause: error });
    throw error;
  } finally {
    engine?.free();
    await adapter.close();
  }
}

/** Node cannot run the package's main file, which imports WebAssembly as a module; this does the same by hand. */
function load(): void {
  if (loaded) return;
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const module = new WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': engineImports() });
  bindings.__wbg_set_wasm(instance.exports);
  // The engine leaves its last words here when it panics, and fails without them when it cannot.
  const registry = { set_message: (message: string) => (lastPanic = message) };
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry });
  instance.exports.__wbindgen_start();
  loaded = true;
}

/**
 * The engine limits its wait for the migration lock by a timer that it never clears. It would keep a command that has
 * done its work from ending for ten seconds.
 */
function engineImports(): object {
  const imports: [string, unknown][] = Object.entries(bindings);
  return Object.fromEntries(
    imports.map(([name, value]) => [name, name.startsWith('__wbg_setTimeout') ? unreferencedTimeout : value]),
  );
}

function unreferencedTimeout(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, delayMs).unref();
}
