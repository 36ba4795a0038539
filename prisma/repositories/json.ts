import type { Prisma } from '../generated/client.ts';

/** A plain value of ours as a JSON column takes it. */
export const asJson = (value: object): Prisma.InputJsonValue => value;

/** Returns the value of a JSON column as its type, without a check: only we write it, after parsing. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export const fromJson = <Value>(column: unknown): Value =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  column as Value;

/** Returns a value with optional parts as JSON, without the parts that are undefined. */
export const asPlainJson = (value: object): Prisma.InputJsonObject =>
  fromJson<Prisma.InputJsonObject>(JSON.parse(JSON.stringify(value)));
