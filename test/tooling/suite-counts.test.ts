import { describe, expect, test } from 'vitest';
import { closingLine, countCheck, countUnittest, countVitest } from '../support/suite-counts.mjs';

const report = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] }],
};

describe('vitest', () => {
  test('is counted as its report says', () => {
    expect(countVitest(report, false)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  test('counts a file that does not load as one failed test', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const counts = countVitest({ ...report, testResults: [...report.testResults, broken] }, false);
    expect(counts.failed).toBe(2);
  });

  test('counts a file that came to no test as one that was skipped', () => {
    const empty = { status: 'passed', assertionResults: [] };
    expect(countVitest({ ...report, testResults: [...report.testResults, empty] }, false)).toEqual({
      passed: 5,
      failed: 1,
      skipped: 4,
    });
  });

  test('that died without a report counts as one failed test', () => {
    expect(countVitest(undefined, false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('that exits non-zero has a failed test even if it reports none', () => {
    const clean = { ...report, numFailedTests: 0, testResults: [] };
    expect(countVitest(clean, false).failed).toBe(1);
    expect(countVitest(clean, true).failed).toBe(0);
  });

  test('that ran nothing has failed', () => {
    const nothing = { ...report, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
    expect(countVitest({ ...nothing, testResults: [] }, true).failed).toBe(1);
  });
});

describe('unittest', () => {
  test('is counted by its closing lines', () => {
    const output = '...\nRan 12 tests in 0.003s\n\nFAILED (failures=1, errors=2, skipped=3)\n';
    expect(countUnittest(output, false)).toEqual({ passed: 6, failed: 3, skipped: 3 });
    expect(countUnittest('Ran 1 test in 0.000s\n\nOK\n', true)).toEqual({
      passed: 1,
      failed: 0,
      skipped: 0,
    });
  });

  test('takes no expected failure for a failure', () => {
    expect(countUnittest('Ran 2 tests in 0.0s\n\nOK (expected failures=1)\n', true).failed).toBe(0);
  });

  test('that ran nothing or crashed has failed', () => {
    expect(countUnittest('Ran 0 tests in 0.000s\n\nOK\n', true).failed).toBe(1);
    expect(countUnittest('Traceback (most recent call last):', false).failed).toBe(1);
  });
});

test('the closing line adds everything up and names skipped tests only where there are some', () => {
  expect(closingLine([countCheck(true), countCheck(false)])).toBe('1 passed, 1 failed');
  expect(closingLine([countVitest(report, false)])).toBe('5 passed, 1 failed, 3 skipped');
});
