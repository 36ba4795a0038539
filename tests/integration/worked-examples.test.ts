import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCORE_PERIOD_MS } from '#domain/scoring/score-use.ts';
import { SCORE_NAME } from '#prisma/repositories/market-indicators.ts';
import { startLlmSandbox, type LlmSandbox } from '#sandbox/llm/server.ts';
import { startXSandbox, type XSandbox } from '#sandbox/x/server.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import { startTradingSystem, until, type TradingSystem } from '#tests/support/trading-system.ts';

/** Worked examples of what a follower is promised, from the words to the money, on real services. */
let system: TradingSystem;
let x: XSandbox;
let model: LlmSandbox;
let apiUrl: string;

const CALLER = '2244994945';

beforeAll(async () => {
  x = await startXSandbox({ keepAliveMs: 100 });
  x.control({ type: 'account', id: CALLER, username: 'Caller' });
  model = await startLlmSandbox();
  system = await startTradingSystem();
  apiUrl = await system.app.listen({ host: '127.0.0.1', port: 0 });
  await system.startWorker({
    env: {
      X_API_BASE_URL: x.url,
      X_BEARER_TOKEN: x.token,
      CLASSIFIER: 'both',
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_API_KEY: 'stand-in',
    },
  });
});
afterAll(async () => {
  await system?.stop();
  await x?.close();
  await model?.close();
});

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

const signalman = (...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = {
      PATH: process.env['PATH'],
      SIGNALMAN_API_URL: apiUrl,
      SIGNALMAN_STATE_DIR: system.stateDir,
    };
    execFile(process.execPath, [SIGNALMAN, ...args], { env, timeout: 60_000 }, (error, out, err) =>
      error ? reject(new Error(err)) : resolve(out),
    );
  });

test('a post is read, traded and taken profit of within 22 minutes of prices, and explained on one screen', async () => {
  system.sandbox.setPrice('DOGE', 0.082);
  const deployment = await system.deploy({ minConfidence: 0.3 });
  const { id: sourceAccountId } = await system.db.sourceAccount.create({
    data: { kind: 'x', handle: 'caller' },
  });
  await system.db.agentSource.create({
    data: { agentId: deployment.agentId, sourceAccountId, weight: 100 },
  });
  // The schedule polls each minute; the account is known after its first poll.
  await system.temporal.workflow.start('pollSources', {
    taskQueue: TASK_QUEUES.pipeline,
    workflowId: 'test/poll-x',
    args: [{ kind: 'x' }],
  });
  await until('the stream', async () => x.stream.connections === 1);
  const text = 'Long DOGE at 0.082, stop 0.0779, target 0.0984';
  const { id: externalId } = x.control({ type: 'post', author: CALLER, text }) as { id: string };
  const where = { agentId: deployment.agentId, message: { externalId } };
  await until('the signal', async () => (await system.db.signal.count({ where })) > 0);
  const signal = await system.db.signal.findFirstOrThrow({ where });
  const trade = system.tradeOf(signal.id, deployment);
  await trade.untilArmed();
  expect((await trade.details())?.stopPrice).toBe('0.0779');
  // A price a minute, up with the falls of a market on the way; 22 minutes after the post the target is there.
  for (let minute = 1; minute <= 22; minute += 1)
    system.sandbox.setPrice(
      'DOGE',
      Number((0.082 + (0.0164 * minute) / 22 - (minute % 3 === 1 ? 0.0006 : 0)).toFixed(5)),
    );
  system.sandbox.setPrice('DOGE', 0.0984);
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('take_profit');
  // 20 % of the price, less what the entry filled above the price it was decided at.
  const gainPct = (Number(closed.exitPrice) / Number(closed.entryPrice) - 1) * 100;
  expect(gainPct).toBeGreaterThan(19.5);
  expect(gainPct).toBeLessThan(20.1);
  expect(model.state().requests).toBeGreaterThan(0);

  const messageId = signal.messageId ?? '';
  const shown = await signalman('explain', messageId.slice(-8));
  expect(shown).toContain(`message ${messageId.slice(-8)}`);
  expect(shown).toContain('“Long DOGE at 0.082, stop 0.0779, target 0.0984”');
  expect(shown).toMatch(/read as call/);
  expect(shown).toMatch(/long DOGE by agent-1 {2}executed/);
  expect(shown).toContain(`trade ${closed.id.slice(-8)}: closed`);
  expect(shown.split('\n').length).toBeLessThan(40);
  for (const id of [signal.id, closed.id])
    expect(await signalman('explain', id.slice(-8))).toContain(`trade ${closed.id.slice(-8)}: closed`);
});

test('words that name no trade are explained by why there is none', async () => {
  const { id: externalId } = x.control({
    type: 'post',
    author: CALLER,
    text: 'Good morning \u001b[31m\u202e, markets are calm.',
  }) as {
    id: string;
  };
  const message = await until('the message', () =>
    system.db.sourceMessage.findFirst({ where: { externalId, evaluatedAt: { not: null } } }),
  );
  const shown = await signalman('explain', message.id);
  expect(shown).toContain('“Good morning ⟨U+001B⟩[31m⟨U+202E⟩, markets are calm.”');
  expect(shown).not.toContain('\u001b');
  expect(shown).not.toContain('\u202e');
  expect(shown).toMatch(/no signal \(no_idea\): The message proposes no trade\./);
});

test('500 USD at a score of 0.623 are a trade of 31.15 USD', async () => {
  system.sandbox.setPrice('ETH', 3_115);
  const deployment = await system.deploy({ fundUsdc: '500' });
  await system.call('POST', `/agents/${deployment.agentId}/weights`, { scoreUse: 'scale_and_veto' });
  const parts = ['trend', 'momentum', 'volatility', 'liquidity', 'positioning'].map((name) => ({
    name,
    value: 0.623,
    inputs: {},
  }));
  const inputs = { parts, candleCoverage: 1, venue: 'hyperliquid', notes: [] };
  const at = new Date(Date.now() - (Date.now() % SCORE_PERIOD_MS));
  const key = { name: SCORE_NAME, symbol: 'ETH', at };
  // The worker may have found the score unknown by now.
  await system.db.marketIndicator.upsert({
    where: { name_symbol_at: key },
    create: { ...key, value: 0.623, inputs },
    update: { value: 0.623, inputs, pricedAt: new Date() },
  });
  const request = {
    agentId: deployment.agentId,
    instrument: 'ETH',
    side: 'long',
    barriers: { stopLoss: { pct: 5 } },
    sizeModel: { mode: 'equityPercent', percent: 10 },
  };
  const { body } = await system.call('POST', '/signals/preview', request);
  expect(body.deployments[0].order).toMatchObject({ size: '0.01', notionalUsd: '31.15' });
  const shown = await signalman(
    'signal',
    'agent-2',
    'ETH',
    'long',
    '--stop',
    '5%',
    '--notional',
    '31.15',
    '--dry-run',
  );
  expect(shown).toContain('would open on hyperliquid');
  expect(shown).toContain('0.01, 31.15 USD at 1x');
  expect(shown).toMatch(/stop +2959\.\d, loses 1\.5\d USD/);
  expect(shown).toContain('ok  market');
});

test('a trail of 1 % behind a peak of 52,000 stands at 51,480', async () => {
  system.sandbox.setPrice('BTC', 50_000);
  const deployment = await system.deploy();
  const barriers = { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] };
  const trade = await system.signal(deployment, { barriers });
  await trade.untilArmed();
  system.sandbox.setPrice('BTC', 52_000);
  await until('the stop at 51,480', async () => (await trade.details())?.stopPrice === '51480');
  system.sandbox.setPrice('BTC', 51_481);
  expect((await trade.details())?.phase).toBe('open');
  system.sandbox.setPrice('BTC', 51_480);
  expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
});
