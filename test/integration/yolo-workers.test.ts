import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyCfg, writeSquares } from '../support/tiny-detector.js';

const root = resolve(import.meta.dirname, '../..');

/** Trains with the compiled program, as its own process, and prints a digest of the weights. */
const script = `
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const [squares, work, workers, epochs, processes] = process.argv.slice(2);
const from = (name) => import('${root}/dist/stages/' + name + '.js');
const { trainDetector } = await from('yolo/train');
const { readLabelledImages } = await from('yolo/batches');
const { yoloTrainParams } = await from('yolo/params');
const { parseCfg } = await from('lib/darknet/cfg');
const { layoutOf } = await from('lib/darknet/layout');
const { initialWeights } = await from('lib/darknet/initial-weights');
const text = (name) => readFileSync(join(squares, name), 'utf8');
const images = await readLabelledImages({
  readText: async (name) => text(name),
  async *readLines(name) { yield* text(name).split('\\n').filter(Boolean); },
  file: async (path) => ({ digest: join(squares, path) }),
  locate: ({ digest }) => digest,
});
const cfgText = readFileSync(join(squares, 'tiny.cfg'), 'utf8');
const cfg = parseCfg(cfgText, 'tiny.cfg');
const layout = layoutOf(cfg);
let lastTick = performance.now();
let longestBlockMs = 0;
setInterval(() => {
  longestBlockMs = Math.max(longestBlockMs, performance.now() - lastTick);
  lastTick = performance.now();
}, 10).unref();
const lines = [];
const result = await trainDetector({
  params: yoloTrainParams.parse({ cfg: '', backend: 'wasm', batch: 6, shards: 3, epochs: Number(epochs) }),
  cfg, cfgText, layout, start: initialWeights(cfg, layout, 1), train: images, validation: images, seed: 1,
  workers: Number(workers), processes: { environments: Array.from({ length: Number(processes) }, () => ({})), folder: join(work, 'exchange') }, workDirectory: work, signal: new AbortController().signal,
  log: (line) => lines.push(line), onStep: () => undefined,
});
const digest = createHash('sha256').update(result.values).digest('hex');
console.log(JSON.stringify({ digest, device: result.device, resumed: lines.find((line) => line.includes('goes on')) ?? '', longestBlockMs }));
`;

interface Outcome {
  readonly digest: string;
  readonly device: string;
  readonly resumed: string;
  readonly longestBlockMs: number;
}

describe('training in worker threads', () => {
  let folder: string;

  beforeAll(async () => {
    if (!existsSync(join(root, 'dist/stages/yolo/worker.js')))
      await execa('npm', ['run', 'build'], { cwd: root });
    folder = await mkdtemp(join(tmpdir(), 'yolo-workers-'));
    await writeSquares(folder, 8, 1);
    await writeFile(join(folder, 'tiny.cfg'), tinyCfg);
    await writeFile(join(folder, 'train.mjs'), script);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (work: string, workers: number, epochs = 12, processes = 0) =>
    execa('node', [join(folder, 'train.mjs'), folder, join(folder, work), ...[workers, epochs, processes].map(String)], { cwd: root, reject: false }); // prettier-ignore
  const finish = async (...args: Parameters<typeof start>): Promise<Outcome> => {
    const { stdout, stderr } = await start(...args);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Outcome;
  };

  it('gives the same weights with one worker, two and three, and with processes', async () => {
    const one = await finish('one', 1);
    expect(one.device).toContain('1 worker');
    const two = await finish('two', 2);
    expect(two.device).toContain('2 workers');
    expect(two.digest).toBe(one.digest);
    expect((await finish('three', 3)).digest).toBe(one.digest);
    // Processes, as several GPUs are used, average the same gradients; their exchanged vectors are gone afterwards.
    const processes = await finish('processes', 1, 12, 2);
    expect(processes.device).toContain('2 processes');
    expect(processes.digest).toBe(one.digest);
    expect(await readdir(join(folder, 'processes'))).not.toContain('exchange');
  });

  it('that is killed goes on from its last checkpoint and ends with the same weights', async () => {
    const whole = await finish('whole', 2, 60);
    const killed = start('killed', 2, 60);
    const file = join(folder, 'killed', 'checkpoint.bin');
    while (!(await stat(file).catch(() => undefined))) await sleep(20);
    killed.kill('SIGKILL');
    expect((await killed).signal).toBe('SIGKILL');
    const resumed = await finish('killed', 2, 60);
    expect(resumed.resumed).toMatch(/goes on after step \d+/);
    expect(resumed.digest).toBe(whole.digest);
  });
});
