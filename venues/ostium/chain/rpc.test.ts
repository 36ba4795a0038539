import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createChain } from './chain.ts';
import { createRpc, RpcRefusal } from './rpc.ts';

type Call = { id: number; method: string };
type Answer = (call: Call) => unknown;

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

/** A node in this process; `answer` gives the result of a call, or a whole reply as text. */
async function startNode(answer: Answer): Promise<{ url: string; methods: string[]; requests: number[] }> {
  const methods: string[] = [];
  const requests: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const parsed: Call | Call[] = JSON.parse(body);
      const calls = Array.isArray(parsed) ? parsed : [parsed];
      requests.push(calls.length);
      methods.push(...calls.map(({ method }) => method));
      const replies = calls.map((call) => ({ jsonrpc: '2.0', id: call.id, ...toReply(answer(call)) }));
      const [first] = replies;
      response.end(
        typeof first?.raw === 'string' ? first.raw : JSON.stringify(Array.isArray(parsed) ? replies : first),
      );
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has such an address
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, methods, requests };
}

const toReply = (answer: unknown): { result?: unknown; error?: unknown; raw?: unknown } =>
  typeof answer === 'object' && answer !== null && ('error' in answer || 'raw' in answer)
    ? answer
    : { result: answer };

const CHAIN_ID = 421_614;
const healthy: Answer = ({ method }) => (method === 'eth_chainId' ? '0x66eee' : '0x2a');
const connect = (...urls: string[]) => createRpc({ urls, chainId: CHAIN_ID, requestMs: 1_000 });
const ask = (rpc: ReturnType<typeof connect>) => rpc.call(z.string(), 'eth_blockNumber', []);

describe('nodes', () => {
  test.each<[string, Answer]>([
    ['speaks no JSON', () => ({ raw: '<html>' })],
    ['answers something else', () => ({ raw: '{"hello":1}' })],
    ['is overloaded', () => ({ error: { code: -32_005, message: 'limit exceeded' } })],
    ['gives a result of another form', ({ method }) => (method === 'eth_chainId' ? '0x66eee' : 42)],
    ['is on another chain', () => '0x1'],
  ])('one that %s is passed over, and asked last for a while', async (_what, answer) => {
    const [bad, good] = [await startNode(answer), await startNode(healthy)];
    const rpc = connect(bad.url, good.url);
    expect(await ask(rpc)).toBe('0x2a');
    const asked = bad.methods.length;
    expect(await ask(rpc)).toBe('0x2a');
    expect(bad.methods).toHaveLength(asked);
  });

  test('that none belongs to the chain is fatal, and nothing but that is asked', async () => {
    const node = await startNode(() => '0x1');
    await expect(ask(connect(node.url))).rejects.toMatchObject({ code: 'wrong_network', verdict: 'fatal' });
    expect(node.methods).toEqual(['eth_chainId']);
  });

  test("a node's own refusal is final, with the data a contract reverted with", async () => {
    const error = { code: 3, message: 'execution reverted', data: '0xabcdef01' };
    const [node, other] = [
      await startNode(({ method }) => (method === 'eth_chainId' ? '0x66eee' : { error })),
      await startNode(healthy),
    ];
    const refusal: unknown = await ask(connect(node.url, other.url)).catch((caught: unknown) => caught);
    expect(refusal).toBeInstanceOf(RpcRefusal);
    expect(refusal).toMatchObject({ code: 3, data: '0xabcdef01' });
    expect(other.methods).toEqual([]);
  });

  test('calls made at once travel together', async () => {
    const node = await startNode(healthy);
    const rpc = connect(node.url);
    await ask(rpc);
    await Promise.all(Array.from({ length: 60 }, () => ask(rpc)));
    expect(node.requests).toEqual([1, 1, 50, 10]);
  });
});

describe('how far nodes have come', () => {
  const at =
    (height: string): Answer =>
    ({ method }) =>
      method === 'eth_chainId' ? '0x66eee' : method === 'eth_blockNumber' ? height : '0x2a';

  test('what a node behind says does not count, refusals included', async () => {
    const refusal = { error: { code: 3, message: 'execution reverted' } };
    const late: Answer = (call) => (call.method === 'eth_call' ? refusal : at('0x5')(call));
    const [behind, good] = [await startNode(late), await startNode(at('0x9'))];
    const rpc = connect(behind.url, good.url);
    expect(await rpc.call(z.string(), 'eth_call', [], 9)).toBe('0x2a');
    const alone = connect(behind.url);
    await expect(alone.call(z.string(), 'eth_call', [], 9)).rejects.toMatchObject({
      code: 'venue_behind',
      verdict: 'retry',
    });
  });

  test.each(['header not found', 'Unknown block', 'missing trie node 0xab (path )'])(
    'a node that lacks the block asked about is passed over: %s',
    async (message) => {
      const lacking: Answer = ({ method }) =>
        method === 'eth_chainId' ? '0x66eee' : { error: { code: -32_000, message } };
      const [node, good] = [await startNode(lacking), await startNode(healthy)];
      expect(await ask(connect(node.url, good.url))).toBe('0x2a');
      await expect(ask(connect(node.url))).rejects.toMatchObject({ code: 'venue_behind' });
    },
  );

  test('one that speaks of blocks no chain can have made makes no other count as behind', async () => {
    let height = '0x64';
    const wild = await startNode((call) => at(height)(call));
    const sane = await startNode(at('0x64'));
    const rpc = connect(wild.url, sane.url);
    const contracts = { usdc: '0x0', trading: '0x0', tradingStorage: '0x0' };
    const chain = createChain({ rpc, chainId: CHAIN_ID, contracts, confirmations: 1 });
    expect(await chain.highest()).toBe(100);
    height = '0xffffffffff';
    expect(await chain.highest()).toBe(100);
    await new Promise((done) => servers[0]?.close(done));
    servers[0]?.closeAllConnections();
    expect(await chain.head()).toBe(100);
  });
});
