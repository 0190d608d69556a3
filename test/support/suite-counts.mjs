/**
 * How many tests of a suite passed, failed and were skipped.
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * The part of vitest's JSON report that is counted.
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { status: string, assertionResults: readonly { status: string }[] }[]} testResults
 */

/**
 * A check passes or fails as one.
 * @param {boolean} succeeded
 * @returns {Counts}
 */
export function countCheck(succeeded) {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

/**
 * A file that failed although none of its tests did (it does not load, a hook throws) counts as one failed test; one
 * that came to no test at all (what they are made from is not there) as one skipped.
 * @param {VitestReport | undefined} report undefined when vitest died before it wrote one
 * @param {boolean} succeeded whether vitest said so with its exit code
 * @returns {Counts}
 */
export function countVitest(report, succeeded) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const emptyFiles = report.testResults.filter(
    (file) => file.status !== 'failed' && file.assertionResults.length === 0,
  );
  return withFailure(succeeded, {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests + emptyFiles.length,
  });
}

/**
 * Reads the closing lines of Python's unittest: `Ran 12 tests in 0.1s` and `FAILED (failures=1, errors=2, skipped=3)`.
 * @param {string} output
 * @param {boolean} succeeded
 * @returns {Counts}
 */
export function countUnittest(output, succeeded) {
  const ran = Number(/^Ran (\d+) tests? in /m.exec(output)?.[1] ?? 0);
  const closing = /^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$/m.exec(output)?.[1] ?? '';
  /** @param {string} name */
  const figure = (name) => Number(new RegExp(`(?:^|, )${name}=(\\d+)`).exec(closing)?.[1] ?? 0);
  const skipped = figure('skipped');
  const broken = figure('failures') + figure('errors') + figure('unexpected successes');
  // A class or module that fails to set up is an error beside the tests that ran.
  return withFailure(succeeded, { passed: Math.max(0, ran - broken - skipped), failed: broken, skipped });
}

/**
 * A suite that went wrong has a failed test, whatever it counted; so has one that ran nothing.
 * @param {boolean} succeeded
 * @param {Counts} counts
 * @returns {Counts}
 */
function withFailure(succeeded, counts) {
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  return counts.failed === 0 && (!succeeded || ranNothing) ? { ...counts, failed: 1 } : counts;
}

/**
 * The closing line that people and CI read: `12 passed, 0 failed`.
 * @param {readonly Counts[]} all
 */
export function closingLine(all) {
  const { passed, failed, skipped } = sumCounts(all);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function sumCounts(all) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of all) {
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
  }
  return sum;
}
