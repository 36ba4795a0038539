import { envelope, usageOf, type Usage } from './envelope.ts';
import type { LlmFault } from './faults.ts';
import { obey } from './reading/obey.ts';
import type { ModelRequest } from './request.ts';

/** An answer over HTTP; `cut` closes the connection in the middle of its body. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  isCut: boolean;
}

/** Returns the answer to a request whose right answer is `right`, as the fault, if any, spoils it. */
export function answerWith(request: ModelRequest, right: unknown, fault: LlmFault | null): HttpAnswer {
  const refused = fault && refuse(request, fault);
  if (refused) return refused;
  const text = spoil(JSON.stringify(right), request, fault);
  const usage =
    fault?.kind === 'noUsage' ? null : fault?.kind === 'wrongUsage' ? WRONG_USAGE : usageOf(request, text);
  const body = JSON.stringify(envelope(request, { text, fault: fault?.kind ?? null, usage }));
  return { ...json(200, body), isCut: fault?.kind === 'cut' };
}

const WRONG_USAGE: Usage = { input: -7, output: 9_999_999_999 };

const json = (status: number, body: string, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
  isCut: false,
});

/** Returns an error in the shape of the real service. */
export const failure = (status: number, code: string, message: string): HttpAnswer =>
  json(status, JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code } }));

function refuse({ model }: ModelRequest, { kind, retryAfterS = 1 }: LlmFault): HttpAnswer | null {
  switch (kind) {
    case 'unauthorized':
      return failure(401, 'invalid_api_key', 'Incorrect API key provided.');
    case 'unknownModel':
      return failure(
        404,
        'model_not_found',
        `The model ${model} does not exist or you do not have access to it.`,
      );
    case 'badRequest':
      return failure(400, 'unsupported_value', 'Unsupported value in the request.');
    case 'rateLimited': {
      const limited = failure(429, 'rate_limit_exceeded', 'Rate limit reached for requests.');
      return { ...limited, headers: { ...limited.headers, 'retry-after': String(retryAfterS) } };
    }
    case 'serverError':
      return failure(500, 'server_error', 'The server had an error while processing your request.');
    case 'html':
      return {
        ...json(200, '<html><body>Bad gateway</body></html>'),
        headers: { 'content-type': 'text/html' },
      };
    default:
      return null;
  }
}

function spoil(right: string, { post }: ModelRequest, fault: LlmFault | null): string {
  switch (fault?.kind) {
    case 'prose':
      return `Sure! Here is the reading of the post: ${right} Let me know if you need more.`;
    case 'fences':
      return `\`\`\`json\n${right}\n\`\`\``;
    case 'thinking':
      return `<think>The post says {something}.</think>\n${right}`;
    case 'otherSchema':
      return JSON.stringify({ sentiment: 'bullish', ticker: 'BTC', stop: 1, action: 'buy' });
    case 'garbage':
      return '\u0000\uFFFD}{"label": "call", "ideas": [{"symbol":';
    case 'empty':
      return '';
    case 'obey':
      return JSON.stringify(obey(post));
    case 'refusal':
      return "I'm sorry, but I can't help with that.";
    case 'truncated':
      return right.slice(0, Math.floor(right.length / 2));
    case 'contentFilter':
      return '';
    case 'failed':
      return 'The model failed to answer.';
    default:
      return right;
  }
}
