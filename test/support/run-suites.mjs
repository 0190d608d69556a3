/**
 * Everything that `npm test` checks: the quick checks two at a time, then one suite after another; a failure does not
 * keep the next from running.
 * `node test/support/run-suites.mjs lint unit` runs some of them. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import PQueue from 'p-queue';
import { closingLine, countCheck, countUnittest, countVitest, sumCounts } from './suite-counts.mjs';

/** @typedef {import('./suite-counts.mjs').Counts} Counts */

const root = resolve(import.meta.dirname, '../..');

/** @typedef {(print: (text: string) => void) => Promise<Counts>} Suite */

/**
 * Each takes about one core. The longest stands first.
 * @type {Readonly<Record<string, Suite>>}
 */
const quickSuites = {
  lint: check('check:lint'),
  format: check('check:format'),
  types: check('check:types'),
  imports: check('check:imports'),
  'dead code': check('check:dead'),
  python: async (print) => {
    const { succeeded, output } = await runScript(print, 'test:python');
    return countUnittest(output, succeeded);
  },
  build: check('build'),
};

/** @type {Readonly<Record<string, Suite>>} */
const longSuites = {
  unit: (print) => vitest(print, 'unit'),
  integration: (print) => vitest(print, 'integration'),
};

/**
 * @param {string} script
 * @returns {Suite}
 */
function check(script) {
  return async (print) => countCheck((await runScript(print, script)).succeeded);
}

/**
 * @param {(text: string) => void} print
 * @param {string} project
 */
async function vitest(print, project) {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-report-'));
  const reportPath = join(folder, 'report.json');
  try {
    const { succeeded } = await runScript(print, `test:${project}`, [
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportPath}`,
    ]);
    return countVitest(readReport(reportPath), succeeded);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @returns {import('./suite-counts.mjs').VitestReport | undefined}
 */
function readReport(path) {
  try {
    /** @type {unknown} */
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return /** @type {import('./suite-counts.mjs').VitestReport} */ (report);
  } catch {
    return undefined;
  }
}

/**
 * Runs a script of package.json; what it prints goes on at once.
 * @param {(text: string) => void} print
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<{ succeeded: boolean, output: string }>}
 */
function runScript(print, script, args = []) {
  return new Promise((done) => {
    const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
    });
    let output = '';
    /** @param {Buffer} data */
    const pass = (data) => {
      output += data.toString('utf8');
      print(data.toString('utf8'));
    };
    child.stdout.on('data', pass);
    child.stderr.on('data', pass);
    child.on('error', (error) => {
      print(`npm does not run: ${error.message}\n`);
      done({ succeeded: false, output });
    });
    child.on('close', (code) => done({ succeeded: code === 0, output }));
  });
}

/** @param {readonly string[]} wanted */
async function runSuites(wanted) {
  const all = [...Object.keys(quickSuites), ...Object.keys(longSuites)];
  const unknown = wanted.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no suite "${unknown}"; there are: ${all.join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  let interrupted = false;
  // The suites that run get the signal too and end by themselves.
  process.once('SIGINT', () => (interrupted = true));
  /** @type {{ name: string, counts: Counts, seconds: number }[]} */
  const finished = [];
  /**
   * @param {string} name
   * @param {Suite} suite
   * @param {(text: string) => void} print
   */
  const run = async (name, suite, print) => {
    if (interrupted || (wanted.length > 0 && !wanted.includes(name))) return;
    print(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}\n`);
    const start = performance.now();
    finished.push({ name, counts: await suite(print), seconds: (performance.now() - start) / 1000 });
  };
  const queue = new PQueue({ concurrency: 2 });
  await queue.addAll(
    Object.entries(quickSuites).map(([name, suite]) => async () => {
      let printed = ''; // as a whole at the end: two suites print at once
      await run(name, suite, (text) => (printed += text));
      process.stdout.write(printed);
    }),
  );
  for (const [name, suite] of Object.entries(longSuites))
    await run(name, suite, (text) => process.stdout.write(text));
  printTable(finished);
  const counts = finished.map((suite) => suite.counts);
  console.log(closingLine(counts));
  const { passed, failed } = sumCounts(counts);
  process.exitCode = interrupted ? 130 : failed > 0 || passed === 0 ? 1 : 0;
}

/** @param {readonly { name: string, counts: Counts, seconds: number }[]} finished */
function printTable(finished) {
  console.log(
    `\n${'suite'.padEnd(12)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(8)}${'s'.padStart(8)}`,
  );
  for (const { name, counts, seconds } of finished) {
    const figures = [counts.passed, counts.failed, counts.skipped, seconds.toFixed(1)];
    console.log(name.padEnd(12) + figures.map((figure) => String(figure).padStart(8)).join(''));
  }
}

await runSuites(process.argv.slice(2));
