import { expect, test } from 'vitest';
import { createLogger, SECRET_FIELDS } from './logger.ts';

function logged(entry: object): string {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    name: 'test',
    destination: { write: (line: string) => void lines.push(line) },
  });
  logger.info(entry, 'said');
  return lines.join('');
}

test.each(SECRET_FIELDS)('%s is blanked at every depth', (field) => {
  const line = logged({
    [field]: 'hunter2',
    a: { [field]: 'hunter2', b: { [field]: 'hunter2', c: { [field]: ['hunter2'] } } },
  });
  expect(line).not.toContain('hunter2');
  expect(line).toContain('[redacted]');
});

test('keeps what is not secret', () => {
  expect(JSON.parse(logged({ tradeId: 't1', order: { leg: 'entry' } }))).toMatchObject({
    name: 'test',
    msg: 'said',
    tradeId: 't1',
    order: { leg: 'entry' },
  });
});
