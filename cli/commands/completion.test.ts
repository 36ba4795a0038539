import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SIGNALMAN = fileURLToPath(new URL('../signalman.mjs', import.meta.url));

const script = execFileSync(process.execPath, [SIGNALMAN, 'completion', 'bash'], { encoding: 'utf8' });

test.each([
  [['fl'], ['fleet', 'flatten']],
  [['deployments', 'l'], ['leave']],
  [['deployments', 'leave', '2f6a4c8e', '--y'], ['--yes']],
  [['flatten', '--yes', '--d'], ['--direct']],
])('bash completes %j', (words, wanted) => {
  const asked = `${script}
    COMP_WORDS=(signalman ${words.join(' ')}); COMP_CWORD=${words.length}; _signalman; echo "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['-c', asked], { encoding: 'utf8' });
  expect(out.trim().split(' ')).toEqual(wanted);
});
