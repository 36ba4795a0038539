import { createFileSource } from './file/file-source.ts';
import { createManualSource } from './manual/manual-source.ts';
import { createRssSource } from './rss/rss-source.ts';
import type { Source, Sources } from './source.ts';
import { createTelegramSource, type TelegramSettings } from './telegram/telegram-source.ts';
import { createPostedSource, POSTED_KINDS } from './webhook/webhook-source.ts';
import { createXSource, type XSettings } from './x/x-source.ts';

/** Settings of every kind of source, from the environment. */
export interface SourceSettings {
  /** Folders whose files sources may read. */
  fileSourceFolders: readonly string[];
  /** True where feeds may also come from private networks. */
  privateFeeds: boolean;
  x: XSettings;
  telegram: TelegramSettings;
}

/** Returns one source for each kind. It opens nothing: connections are made by polls. */
export function createSources({ fileSourceFolders, privateFeeds, x, telegram }: SourceSettings): Sources {
  const sources: readonly Source[] = [
    createFileSource(fileSourceFolders),
    createRssSource({ allowPrivate: privateFeeds }),
    createXSource(x),
    createTelegramSource(telegram),
    ...POSTED_KINDS.map(createPostedSource),
    createManualSource(),
  ];
  return new Map(sources.map((source) => [source.kind, source]));
}
