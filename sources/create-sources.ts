import { createFileSource } from './file/file-source.ts';
import { createManualSource } from './manual/manual-source.ts';
import type { Source, Sources } from './source.ts';

/** Settings of every kind of source, from the environment. */
export interface SourceSettings {
  /** Folders whose files sources may read. */
  fileSourceFolders: readonly string[];
}

/** Returns one source for each kind. It opens nothing: connections are made by polls. */
export function createSources({ fileSourceFolders }: SourceSettings): Sources {
  const sources: readonly Source[] = [createFileSource(fileSourceFolders), createManualSource()];
  return new Map(sources.map((source) => [source.kind, source]));
}
