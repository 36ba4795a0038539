/** The fields of `Fields` that were given, without those that were not. */
export type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Drops what is undefined: a filter that was not given is no filter. */
export const given = <Fields extends object>(fields: Fields): Given<Fields> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only fields of the input are left
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
