// Compiles the solc standard JSON on standard input and writes the result to standard output. It is a process of its
// own, because the compiler blocks its thread for seconds.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

interface Solc {
  compile(input: string): string;
}

// CommonJS without types.
const solc = createRequire(import.meta.url)('solc') as Solc; // oxlint-disable-line typescript/no-unsafe-type-assertion
process.stdout.write(solc.compile(await text(process.stdin)));
