import { CommandError } from '../errors.ts';

/** The protocols, by their path. */
export const PROTOCOLS = { '/v1/responses': 'responses', '/v1/chat/completions': 'chat' } as const;
export type Protocol = (typeof PROTOCOLS)[keyof typeof PROTOCOLS];

/** A request to the model, in either protocol. */
export interface ModelRequest {
  protocol: Protocol;
  model: string;
  /** The post between the marks of the last message of the user; that whole message where there are none. */
  post: string;
  /** Length of everything the model is given. */
  inputLength: number;
}

const MARKED = /<<<POST (\w+)\n([^]*)\nPOST \1>>>/u;

/** Reads a request of either protocol. Throws `CommandError` with the field that is missing. */
export function readRequest(protocol: Protocol, body: unknown): ModelRequest {
  const fields = fieldsOf(body);
  const { model } = fields;
  if (typeof model !== 'string') throw new CommandError('model');
  const messages = protocol === 'responses' ? inputOf(fields) : messagesOf(fields);
  const last = messages.findLast(({ role }) => role === 'user')?.text;
  if (last === undefined) throw new CommandError(protocol === 'responses' ? 'input' : 'messages');
  return {
    protocol,
    model,
    post: MARKED.exec(last)?.[2] ?? last,
    inputLength: messages.reduce((sum, { text }) => sum + text.length, 0),
  };
}

interface Message {
  role: string;
  text: string;
}

function inputOf({ input, instructions }: Record<string, unknown>): Message[] {
  const first = typeof instructions === 'string' ? [{ role: 'system', text: instructions }] : [];
  if (typeof input === 'string') return [...first, { role: 'user', text: input }];
  return [...first, ...listOf(input)];
}

const messagesOf = ({ messages }: Record<string, unknown>): Message[] => listOf(messages);

const listOf = (list: unknown): Message[] =>
  (Array.isArray(list) ? list : []).map((each) => {
    const { role, content } = fieldsOf(each);
    return { role: typeof role === 'string' ? role : '', text: textOf(content) };
  });

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const texts = (Array.isArray(content) ? content : []).map((part) => fieldsOf(part)['text']);
  return texts.filter((text) => typeof text === 'string').join('');
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
