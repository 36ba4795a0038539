import { describe, expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { forgetMasterKeys, loadConfig, loadSigningConfig, readEnvironment } from './env.ts';

const MASTER_KEY = 'ab'.repeat(32);
const COMPLETE = {
  DATABASE_URL: 'postgresql://signalman:pass@127.0.0.1:5432/signalman',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  HYPERLIQUID_URL: 'http://127.0.0.1:3001',
  SIGNALMAN_MASTER_KEY: MASTER_KEY,
};

function problemsOf(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('loadConfig', () => {
  test('fills in the defaults around what is required and one venue', () => {
    expect(loadSigningConfig(COMPLETE)).toEqual({
      databaseUrl: COMPLETE.DATABASE_URL,
      temporal: { address: '127.0.0.1:7233', namespace: 'default', tls: false, payloadKeys: [] },
      hyperliquid: { url: 'http://127.0.0.1:3001', network: 'testnet' },
      stateDir: '.signalman',
      sources: {
        fileSourceFolders: ['.signalman/sources'],
        privateFeeds: false,
        x: { access: null, isStreamed: true, prices: { readUsd: '0.005', lookUpUsd: '0.01' } },
        telegram: { baseUrl: 'https://api.telegram.org', botToken: null, webhook: null },
      },
      notifiers: {
        telegram: { baseUrl: 'https://api.telegram.org', token: null },
        email: { smtpUrl: null, from: 'Signalman <signalman@localhost>' },
        privateChannels: false,
      },
      sourceKeys: [],
      masterKeys: [{ id: 'main', key: Buffer.from(MASTER_KEY, 'hex') }],
      api: { host: '127.0.0.1', port: 7070, url: 'http://127.0.0.1:7070' },
      classifier: {
        by: 'rules',
        concurrency: { atOnce: 16, perSource: 8 },
        budget: { totalUsd: 5, sourceUsd: 5 },
      },
      signIn: { origins: [], isOpen: false, rpcUrls: new Map() },
      logLevel: 'info',
    });
  });

  test('a venue without an address is not traded', () => {
    const { HYPERLIQUID_URL: _, ...bare } = COMPLETE;
    expect(loadConfig(bare)).not.toHaveProperty('hyperliquid');
  });

  test('puts the sealing key first and the older ones behind it', () => {
    const older = Buffer.alloc(32, 1).toString('base64');
    const config = loadSigningConfig({
      ...COMPLETE,
      SIGNALMAN_MASTER_KEY_ID: '2026-11',
      SIGNALMAN_OLD_MASTER_KEYS: `2026-10:${older}, 2026-09:${MASTER_KEY}`,
    });
    expect(config.masterKeys.map(({ id }) => id)).toEqual(['2026-11', '2026-10', '2026-09']);
  });

  test('one bot cannot read channels and take commands', () => {
    const bots = {
      TELEGRAM_BOT_TOKEN: `7000000001:${'A'.repeat(35)}`,
      TELEGRAM_NOTIFY_BOT_TOKEN: `7000000001:${'B'.repeat(35)}`,
    };
    expect(() => loadConfig({ ...COMPLETE, ...bots })).toThrow(/make a second bot/);
  });

  test('the first key of sources seals, older ones open', () => {
    const config = loadConfig({
      ...COMPLETE,
      SIGNALMAN_SOURCE_KEY: `${'01'.repeat(32)}, ${'02'.repeat(32)}`,
    });
    expect(config.sourceKeys.map(({ key }) => key[0])).toEqual([1, 2]);
    expect(new Set(config.sourceKeys.map(({ id }) => id)).size).toBe(2);
  });

  test('origins are whole, and on another machine over TLS', () => {
    const given = (SIGNALMAN_ORIGINS: string) =>
      loadConfig({ ...COMPLETE, SIGNALMAN_ORIGINS }).signIn.origins;
    expect(given('https://trade.example, http://localhost:5173')).toEqual([
      'https://trade.example',
      'http://localhost:5173',
    ]);
    for (const wrong of ['http://trade.example', 'https://trade.example/', 'trade.example', '*', 'null'])
      expect(() => given(wrong)).toThrow('SIGNALMAN_ORIGINS');
  });

  test('nodes for contract wallets are named by chain', () => {
    const given = (SIGNALMAN_SIGN_IN_RPC_URLS: string) =>
      loadConfig({ ...COMPLETE, SIGNALMAN_SIGN_IN_RPC_URLS }).signIn.rpcUrls;
    expect([...given('1=https://eth.example/key=2,42161=http://127.0.0.1:8545')]).toEqual([
      [1, 'https://eth.example/key=2'],
      [42_161, 'http://127.0.0.1:8545'],
    ]);
    expect(() => given('https://eth.example')).toThrow('SIGNALMAN_SIGN_IN_RPC_URLS');
  });

  test('an API key for Temporal turns TLS on', () => {
    expect(loadConfig({ ...COMPLETE, TEMPORAL_API_KEY: 'k' }).temporal.tls).toBe(true);
  });

  test('names every missing and every bad variable at once', () => {
    const error = problemsOf(() =>
      loadSigningConfig({ TEMPORAL_ADDRESS: 'localhost', SIGNALMAN_API_PORT: '70000', LOG_LEVEL: 'loud' }),
    );
    expect(error.problems.map(({ variable }) => variable)).toEqual([
      'DATABASE_URL',
      'SIGNALMAN_MASTER_KEY',
      'TEMPORAL_ADDRESS',
      'SIGNALMAN_API_PORT',
      'LOG_LEVEL',
    ]);
  });

  test('treats an empty variable as one that is not set', () => {
    expect(problemsOf(() => loadConfig({ ...COMPLETE, DATABASE_URL: ' ' })).problems).toEqual([
      { variable: 'DATABASE_URL', problem: expect.stringContaining('is not set') },
    ]);
  });

  test('never repeats a value', () => {
    const error = problemsOf(() =>
      loadSigningConfig({
        DATABASE_URL: 'mysql://root:hunter2@db/books',
        TEMPORAL_ADDRESS: 'hunter2',
        HYPERLIQUID_URL: 'hunter2',
        SIGNALMAN_MASTER_KEY: 'hunter2',
        SIGNALMAN_OLD_MASTER_KEYS: 'old:hunter2',
        LOG_LEVEL: 'hunter2',
      }),
    );
    expect(error.problems).toHaveLength(6);
    expect(error.message).not.toContain('hunter2');
  });
});

describe('the master key', () => {
  test('is not read by a process that signs nothing, set or not', () => {
    const { SIGNALMAN_MASTER_KEY: _key, ...without } = COMPLETE;
    const pipeline = loadConfig(COMPLETE);
    expect(pipeline).toEqual(loadConfig(without));
    expect(JSON.stringify(pipeline)).not.toMatch(/masterKey|abab/);
    expect(() => loadConfig({ ...COMPLETE, SIGNALMAN_MASTER_KEY: 'no key' })).not.toThrow();
  });

  test('is gone from the environment once it is forgotten', () => {
    const env = { ...COMPLETE, SIGNALMAN_OLD_MASTER_KEYS: `old:${MASTER_KEY}` };
    forgetMasterKeys(env);
    expect(JSON.stringify(env)).not.toContain(MASTER_KEY);
  });

  test('is no pass phrase, and the error says how to make one', () => {
    const phrase = 'correcthorsebatterystapleandthensomemoreabc';
    const [problem] = problemsOf(() =>
      loadSigningConfig({ ...COMPLETE, SIGNALMAN_MASTER_KEY: phrase }),
    ).problems;
    expect(phrase).toHaveLength(43);
    expect(problem).toEqual({
      variable: 'SIGNALMAN_MASTER_KEY',
      problem: expect.stringContaining('openssl rand -hex 32'),
    });
  });
});

describe('readEnvironment', () => {
  test('requires nothing', () => {
    expect(readEnvironment({})).toEqual({
      SIGNALMAN_STATE_DIR: '.signalman',
      SIGNALMAN_MASTER_KEY_ID: 'main',
      LOG_LEVEL: 'info',
    });
  });

  test('still refuses what is set and unusable', () => {
    expect(problemsOf(() => readEnvironment({ SIGNALMAN_API_URL: 'nowhere' })).message).toBe(
      'the configuration cannot be used:\n  SIGNALMAN_API_URL is not a URL such as http://127.0.0.1:7070',
    );
  });
});
