import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PriceBoard } from './price-board.ts';

const WRITE_EVERY_MS = 1_000;

/** Keeps prices across restarts. With default prices a restored chain would liquidate its open trades. */
export class PriceFile {
  readonly #board: PriceBoard;
  readonly #file: string | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** Puts the prices saved in the folder on the board, and saves its prices from then on. Without a folder it does nothing. */
  static async open(board: PriceBoard, folder: string | undefined): Promise<PriceFile> {
    const file = folder === undefined ? undefined : join(folder, 'prices.json');
    const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) board.restore(z.record(z.string(), z.string()).parse(JSON.parse(text)));
    return new PriceFile(board, file);
  }

  private constructor(board: PriceBoard, file: string | undefined) {
    this.#board = board;
    this.#file = file;
    if (file !== undefined) this.#timer = setInterval(() => this.#write(file), WRITE_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#file !== undefined) this.#write(this.#file);
    await this.#writing;
  }

  #write(file: string): void {
    this.#writing = this.#writing
      .then(() => writeFile(`${file}.new`, JSON.stringify(this.#board.middles())))
      .then(() => rename(`${file}.new`, file))
      .catch(() => undefined);
  }
}
