import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
type History = proto.temporal.api.history.v1.IHistory;

/** The folder of the recorded histories, one file each: `<workflow type>.<what happened>.json`. */
export const HISTORIES = fileURLToPath(new URL('histories', import.meta.url));

export interface RecordedHistory {
  file: string;
  workflowType: string;
  /** The file as parsed JSON. */
  json: object;
  history: History;
}

export function readHistories(): RecordedHistory[] {
  return readdirSync(HISTORIES).map((file) => {
    const json = JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as Record<string, unknown>;
    const history = History.fromObject(json);
    const started = history.events[0]?.workflowExecutionStartedEventAttributes;
    return { file, json, history, workflowType: started?.workflowType?.name ?? '' };
  });
}

/**
 * A history as plain values. The SDK's own conversion does not work with the copies of protobufjs that are
 * installed here, one per package.
 */
export const toPlain = (history: History): object =>
  History.toObject(History.fromObject(history), { enums: String, longs: String, bytes: String });
