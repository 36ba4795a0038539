import type { ApiRequestError } from '#api/client.ts';

/** Fields of requests, by JSON pointer, as a person gives them to a command. */
const TYPED: Readonly<Record<string, string>> = {
  '/agentId': '<agent>',
  '/name': '<name>',
  '/instrument': '<instrument>',
  '/side': '<side>',
  '/barriers/stopLoss': '--stop',
  '/barriers/takeProfits': '--target',
  '/barriers': '--policy',
  '/sizeModel/notionalUsd': '--notional',
  '/sizeModel/percent': '--risk-percent',
  '/leverage': '--leverage',
  '/referencePrice': '--price',
  '/maxDriftPct': '--max-drift',
  '/ttlMs': '--ttl',
  '/venue': '--venue',
  '/walletAddress': '--wallet',
  '/maxLeverage': '--max-leverage',
  '/maxNotionalUsd': '--max-notional',
  '/maxOpenPositions': '--max-positions',
  '/fundUsdc': '--fund',
  '/minConfidence': '--min-confidence',
  '/sources': '--source',
  '/kind': '<kind>',
  '/handle': '<handle>',
  '/options': '--option',
  '/secret': '--secret',
  '/periodMs': '--every',
  '/monthlyReads': '--monthly-reads',
  '/text': '<text>',
  '/author': '--author',
  '/phase': '--phase',
  '/symbol': '--symbol',
  '/deploymentId': '--deployment',
  '/limit': '--limit',
  '/note': '--note',
  '/reason': '--reason',
  '/forMs': '--for',
  '/actor': '--by',
  '/subject': '--of',
  '/venues': '--venues',
  '/mode': '--mode',
  '/id': '<id>',
};

/** Texts for refusals of the API that name a field of a request, in words of the command line, by code. */
const REFUSALS: Readonly<Record<string, string>> = {
  wallet_needed: 'Give --wallet: wallets are made only where the venue is a sandbox.',
};

/** Returns a refusal of the API in the words of who typed a command: options in place of JSON pointers. */
export function typedMessage({ code, message, fields }: ApiRequestError): string {
  const refusal = code === null ? undefined : REFUSALS[code];
  if (refusal !== undefined) return refusal;
  if (fields.length === 0) return message;
  return fields.map(({ pointer, detail }) => `${optionOf(pointer)}: ${detail}`).join('; ');
}

/** Returns the option of the longest known beginning of a pointer, or the pointer itself. */
function optionOf(pointer: string): string {
  const known = Object.keys(TYPED)
    .filter((each) => pointer === each || pointer.startsWith(`${each}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  if (known === undefined) return pointer || 'the request';
  const rest = pointer.slice(known.length).split('/').filter(Boolean);
  return rest.length === 0 ? (TYPED[known] ?? known) : `${TYPED[known]} (${rest.join('.')})`;
}
