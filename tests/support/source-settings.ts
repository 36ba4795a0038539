import { readTelegram } from '#config/telegram.ts';
import { readX } from '#config/x.ts';
import type { SourceSettings } from '#sources/create-sources.ts';

/** Returns settings of sources that read files from one folder, and nothing from the network. */
export const testSourceSettings = (folder: string): SourceSettings => ({
  privateFeeds: true,
  fileSourceFolders: [folder],
  x: readX({}),
  telegram: readTelegram({}),
});
