// Prints `N passed, N failed` from the file Vitest's JSON reporter wrote. Ends with 1 when anything failed or nothing
// ran. A test file that did not even load holds no tests that could fail: it counts as one failure.
import { existsSync, readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const { passed, failed, skipped } = count(file);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function count(path) {
  if (path === undefined || !existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
