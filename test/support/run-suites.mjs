/**
 * Everything that `npm test` checks, one suite after another; a failure does not keep the next from running.
 * `node test/support/run-suites.mjs lint unit` runs some of them. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { closingLine, countCheck, countUnittest, countVitest, sumCounts } from './suite-counts.mjs';

/** @typedef {import('./suite-counts.mjs').Counts} Counts */

const root = resolve(import.meta.dirname, '../..');

/** @type {Readonly<Record<string, () => Promise<Counts>>>} */
const suites = {
  format: () => check('check:format'),
  lint: () => check('check:lint'),
  types: () => check('check:types'),
  imports: () => check('check:imports'),
  'dead code': () => check('check:dead'),
  python: async () => {
    const { succeeded, output } = await runScript('test:python');
    return countUnittest(output, succeeded);
  },
  build: () => check('build'),
  unit: () => vitest('unit'),
  integration: () => vitest('integration'),
};

/** @param {string} script */
async function check(script) {
  return countCheck((await runScript(script)).succeeded);
}

/** @param {string} project */
async function vitest(project) {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-report-'));
  const reportPath = join(folder, 'report.json');
  try {
    const { succeeded } = await runScript(`test:${project}`, [
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
 * Runs a script of package.json; what it prints goes on to the person at once.
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<{ succeeded: boolean, output: string }>}
 */
function runScript(script, args = []) {
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
      process.stdout.write(data);
    };
    child.stdout.on('data', pass);
    child.stderr.on('data', pass);
    child.on('error', (error) => {
      console.log(`npm does not run: ${error.message}`);
      done({ succeeded: false, output });
    });
    child.on('close', (code) => done({ succeeded: code === 0, output }));
  });
}

/** @param {readonly string[]} wanted */
async function runSuites(wanted) {
  const unknown = wanted.find((name) => !(name in suites));
  if (unknown !== undefined) {
    console.error(`There is no suite "${unknown}"; there are: ${Object.keys(suites).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  let interrupted = false;
  // The suite that runs gets the signal too and ends by itself.
  process.once('SIGINT', () => (interrupted = true));
  /** @type {{ name: string, counts: Counts, seconds: number }[]} */
  const finished = [];
  for (const [name, suite] of Object.entries(suites)) {
    if (interrupted || (wanted.length > 0 && !wanted.includes(name))) continue;
    console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`);
    const start = performance.now();
    finished.push({ name, counts: await suite(), seconds: (performance.now() - start) / 1000 });
  }
  console.log(
    `\n${'suite'.padEnd(12)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(8)}${'s'.padStart(8)}`,
  );
  for (const { name, counts, seconds } of finished) {
    const figures = [counts.passed, counts.failed, counts.skipped, seconds.toFixed(1)];
    console.log(name.padEnd(12) + figures.map((figure) => String(figure).padStart(8)).join(''));
  }
  const all = finished.map((suite) => suite.counts);
  console.log(closingLine(all));
  const { passed, failed } = sumCounts(all);
  process.exitCode = interrupted ? 130 : failed > 0 || passed === 0 ? 1 : 0;
}

await runSuites(process.argv.slice(2));
