/** Where the routes of the API begin. */
export const API_PREFIX = '/v1';

/** Returns the address of a route below the prefix, such as `/v1/trades` for `/trades`. */
export const apiPath = (path: string): string => `${API_PREFIX}${path}`;
