/** `Fields` without its undefined members. */
export type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Returns the fields without the undefined ones, so that a filter that was not given is none. */
export const given = <Fields extends object>(fields: Fields): Given<Fields> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only fields of the input are left
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
