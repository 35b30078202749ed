// @ts-check
// Prints "N passed, N failed" from Vitest's JSON report. A test file that could not be loaded counts as one failure.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2] ?? '', 'utf8');
if (text === '') {
  console.error('the tests ended without a report');
  process.exit(1);
}
const report = JSON.parse(text);
/** @type {{ status: string, assertionResults: unknown[] }[]} */
const files = report.testResults;
const broken = files.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
const skipped = report.numPendingTests + report.numTodoTests;
const counts = [`${report.numPassedTests} passed`, `${report.numFailedTests + broken} failed`];
console.log([...counts, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', '));
