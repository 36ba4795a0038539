import type { Prisma } from '../generated/client.ts';

/** A plain value of ours as a JSON column takes it. */
export const asJson = (value: object): Prisma.InputJsonValue => value;

/** What a JSON column holds. Only we write it, and only after parsing, so it is taken at its word. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export const fromJson = <Value>(column: unknown): Value =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  column as Value;

/** The same for values with optional parts: what is undefined is left out. */
export const asPlainJson = (value: object): Prisma.InputJsonObject =>
  fromJson<Prisma.InputJsonObject>(JSON.parse(JSON.stringify(value)));
