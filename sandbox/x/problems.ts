import type { ServiceFault } from '../service/faults.ts';

const PROBLEM = { 'content-type': 'application/problem+json' };

type Failure = Omit<Extract<ServiceFault, { kind: 'answer' }>, 'kind'>;

/**
 * The ways in which the API refuses a request. Sources: x-api/fundamentals/response-codes-and-errors.mdx,
 * rate-limits.mdx and openapi.json 2.167 of xdevplatform/docs.
 */
export const failures = {
  /** `resetInS` seconds until the window ends. */
  rateLimited: (resetInS: number): Failure => ({
    status: 429,
    headers: {
      'x-rate-limit-limit': '10000',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(Math.ceil(Date.now() / 1_000 + resetInS)),
    },
    body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
  }),
  usageCapped: (): Failure => ({
    status: 429,
    headers: PROBLEM,
    body: {
      account_id: 1,
      product_name: 'pay-per-use',
      title: 'UsageCapExceeded',
      period: 'Monthly',
      scope: 'Product',
      detail: 'Usage cap exceeded: Monthly product cap',
      type: 'https://api.twitter.com/2/problems/usage-capped',
    },
  }),
  forbidden: (): Failure => ({
    status: 403,
    headers: PROBLEM,
    body: {
      client_id: '1',
      detail:
        'When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project.',
      registration_url: 'https://developer.twitter.com/en/docs/projects/overview',
      title: 'Client Forbidden',
      required_enrollment: 'Appropriate Level of API Access',
      reason: 'client-not-enrolled',
      type: 'https://api.twitter.com/2/problems/client-forbidden',
    },
  }),
  unauthorized: (): Failure => ({
    status: 401,
    headers: PROBLEM,
    body: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' },
  }),
  overloaded: (): Failure => ({
    status: 503,
    headers: PROBLEM,
    body: { title: 'Service Unavailable', detail: 'Service Unavailable', type: 'about:blank', status: 503 },
  }),
  html: (): Failure => ({
    status: 200,
    body: '<!DOCTYPE html><html><body>Something went wrong</body></html>',
  }),
} as const;

export type FailureName = keyof typeof failures;

export const invalidParameter = (name: string, allowed: readonly string[]): Failure => ({
  status: 400,
  headers: PROBLEM,
  body: {
    errors: [
      {
        parameters: { [name]: [] },
        message: `The query parameter [${name}] is not one of [${allowed.join(',')}]`,
      },
    ],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.twitter.com/2/problems/invalid-request',
  },
});

export const userError = (parameter: 'id' | 'username', value: string) => ({
  value,
  detail: `Could not find user with ${parameter}: [${value}].`,
  title: 'Not Found Error',
  resource_type: 'user',
  parameter,
  resource_id: value,
  type: 'https://api.twitter.com/2/problems/resource-not-found',
});

export const protectedError = (id: string) => ({
  resource_id: id,
  parameter: 'id',
  resource_type: 'user',
  section: 'data',
  title: 'Authorization Error',
  value: id,
  detail: `Sorry, you are not authorized to see the user with id: [${id}].`,
  type: 'https://api.twitter.com/2/problems/not-authorized-for-resource',
});
