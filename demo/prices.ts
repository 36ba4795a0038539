import { PriceFileError, readPrices } from '#sandbox/feeds/csv.ts';
import { UNIVERSE } from '#sandbox/hyperliquid/market/universe.ts';
import { stat } from 'node:fs/promises';
import { fileProblem, InputError } from '#terminal/input-error.ts';

/** Reads a price file to its end. Throws {@link InputError} at the first line that cannot be replayed. */
export async function checkPriceFile(file: string): Promise<void> {
  await checkFile(file);
  try {
    for await (const _ of readPrices(file));
  } catch (error) {
    if (!(error instanceof PriceFileError)) throw error;
    const [, line, field, problem] =
      /^(\d+): ([^:]+): (.*)$/su.exec(error.message.slice(file.length + 1)) ?? [];
    throw new InputError(file, Number(line), field ?? null, problem ?? error.message);
  }
}

/** Whether the sandbox trades the coin. Throws {@link InputError} naming those it does. */
export function checkCoin(coin: string): void {
  const names = UNIVERSE.map(({ name }) => name);
  if (names.includes(coin)) return;
  throw new InputError('--coin', null, null, `${coin} is none of ${names.join(', ')}`);
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  if (found.isDirectory()) throw new InputError(file, null, null, 'is a directory, not a file');
}
