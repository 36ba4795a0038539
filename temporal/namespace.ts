import { setTimeout as delay } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';

/** A typed search attribute, as `defineSearchAttributeKey` makes them. */
export interface SearchAttribute {
  readonly name: string;
  readonly type: SearchAttributeType;
}

const CONNECT_WITHIN_MS = 5_000;
const CALL_WITHIN_MS = 10_000;
/** How long closed workflows are kept for people to read. */
const RETENTION = '7 days';

/** The numbers of temporal.api.enums.v1.IndexedValueType. */
const TYPE_NUMBERS: Readonly<Record<SearchAttributeType, number>> = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
};

const GRPC_NOT_FOUND = 5;
const GRPC_ALREADY_EXISTS = 6;

/**
 * Makes the namespace and its search attributes where they are missing.
 *
 * @throws when the server does not answer within seconds, or has an attribute of that name with another type.
 */
export async function ensureNamespace(
  address: string,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_WITHIN_MS });
  try {
    await connection.withDeadline(Date.now() + CALL_WITHIN_MS, async () => {
      if (!(await exists(connection, namespace))) await register(connection, namespace);
      await whenKnown(() => addMissing(connection, namespace, attributes));
    });
  } finally {
    await connection.close();
  }
}

async function exists(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if (grpcStatus(error) === GRPC_NOT_FOUND) return false;
    throw error;
  }
}

async function register(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(RETENTION),
    });
  } catch (error) {
    if (grpcStatus(error) !== GRPC_ALREADY_EXISTS) throw error;
  }
}

/** The server's services learn of a new namespace one after the other, within seconds. */
async function whenKnown(call: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + CALL_WITHIN_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (grpcStatus(error) !== GRPC_NOT_FOUND || performance.now() >= deadline) throw error;
      await delay(50);
    }
  }
}

async function addMissing(
  connection: Connection,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = attributes.filter(({ name }) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, TYPE_NUMBERS[type]])),
  });
}

function grpcStatus(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}
