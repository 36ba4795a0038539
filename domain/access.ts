/** What a user may do, each with all that the ones before it may. */
export const ROLES = ['user', 'creator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a key may be used for. */
export const SCOPES = ['read', 'trade', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Returns whether a role may do what `needed` may. */
export const reachesRole = (role: Role, needed: Role): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(needed);
