import { PriceFileError, readPrices } from '#sandbox/hyperliquid/market/csv.ts';
import { stat } from 'node:fs/promises';
import { fileProblem, InputError } from '../input-error.ts';

/** Reads a price file to its end. Throws {@link InputError} at the first line that cannot be replayed. */
export async function checkPriceFile(file: string): Promise<void> {
  await checkFile(file);
  try {
    for await (const _ of readPrices(file));
  } catch (error) {
    if (!(error instanceof PriceFileError)) throw error;
    throw new InputError(file, null, null, error.message.replace(`${file}:`, 'line '));
  }
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  if (found.isDirectory()) throw new InputError(file, null, null, 'is a directory, not a file');
}
