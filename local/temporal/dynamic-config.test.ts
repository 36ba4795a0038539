import { expect, test } from 'vitest';
import { dynamicConfigFlags, parseDynamicConfig } from './dynamic-config.ts';

test('comments and blank lines aside, every key has its one value', () => {
  const yaml = '# why\na.bC:\n  - value: 2000\n\nd.e: # more\n  - value: true\n';
  expect(parseDynamicConfig(yaml)).toEqual([
    { key: 'a.bC', value: '2000' },
    { key: 'd.e', value: 'true' },
  ]);
});

test.each([
  ['a constrained value', 'a.b:\n  - value: 1\n    constraints:\n', 'line 3'],
  ['a second value', 'a.b:\n  - value: 1\n  - value: 2\n', 'line 3'],
  ['a key without a value', 'a.b:\nc.d:\n  - value: 1\n', 'line 2'],
  ['an end without a value', 'a.b:\n', 'a.b has no value'],
])('%s is refused', (_, yaml, message) => {
  expect(() => parseDynamicConfig(yaml)).toThrow(message);
});

test('the development configuration lifts the poll limits that cost 50 ms a step', () => {
  expect(dynamicConfigFlags()).toEqual(
    expect.arrayContaining([
      'history.transferProcessorMaxPollRPS=2000',
      'history.timerProcessorMaxPollRPS=2000',
      'history.visibilityProcessorMaxPollRPS=2000',
      'system.enableActivityEagerExecution=true',
    ]),
  );
});
