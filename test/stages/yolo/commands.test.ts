import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandHost, StageCommand } from '../../../pipeline/stage/command.js';
import { anchorsCommand } from '../../../stages/anchors/command.js';
import { learningRateCommand } from '../../../stages/yolo/learning-rate-command.js';
import { overfitCommand } from '../../../stages/yolo/overfit-command.js';
import { plotScheduleCommand } from '../../../stages/yolo/plot-schedule-command.js';
import { previewAugmentedCommand } from '../../../stages/yolo/preview-augmented-command.js';
import { steepest } from '../../../stages/yolo/range-test.js';
import { yoloTrainStage } from '../../../stages/yolo/stage.js';
import { validateModelCommand } from '../../../stages/yolo/validate-model-command.js';
import { folderArtifact, runStage } from '../../support/stage-harness.js';
import { tinyCfg, writeSquares } from '../../support/tiny-detector.js';

describe('commands that try a training out', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yolo-commands-'));
    await writeSquares(join(folder, 'squares'), 4, 1);
    await writeFile(join(folder, 'tiny.cfg'), tinyCfg);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(command: StageCommand, words: readonly string[], options: object) {
    const lines: string[] = [];
    const host: CommandHost = {
      console: { out: (line) => void lines.push(line), error: (line) => void lines.push(line) },
      signal: new AbortController().signal,
      directory: folder,
      env: {},
      cpuCount: 1,
      exec: () => Promise.reject(new Error('nothing is run')),
      artifacts: async (names, types) =>
        Promise.all(names.map(async (name) => ({ label: name, artifact: await folderArtifact(name === 'detector' ? 'detector' : (types.at(-1) ?? ''), join(folder, name)) }))), // prettier-ignore
    };
    const code = await command.run(words, command.options.parse(options), host);
    return { code, text: lines.join('\n') };
  }
  const tiny = '{cfg: ./tiny.cfg, backend: wasm}';

  it('overfit learns a batch by heart, and fails when it does not', async () => {
    const enough = await run(overfitCommand, ['squares'], { with: '{cfg: ./tiny.cfg, backend: wasm, optimizer: {name: adamw, rate: 0.01}}', steps: 80, share: 0.1 }); // prettier-ignore
    expect(enough.text).toMatch(/4 images: loss [\d.]+ → [\d.]+ \(\d\.\d % of the first\), AP50 (1|0\.9)/);
    expect(enough.code).toBe(0);
    const short = await run(overfitCommand, ['squares'], { with: tiny, steps: 2 });
    expect(short.code).toBe(1);
    expect(short.text).toContain('did not fall to 5 % of the first');
  }, 60_000);

  it('learning-rate finds where the loss falls', async () => {
    const { code, text } = await run(learningRateCommand, ['squares'], { with: '{cfg: ./tiny.cfg, backend: wasm, batch: 4}', steps: 40, svg: 'range.svg' }); // prettier-ignore
    expect(code).toBe(0);
    expect(text).toMatch(/falls fastest near 0\.0\d+/);
    expect(await readFile(join(folder, 'range.svg'), 'utf8')).toContain('<svg');
  }, 30_000);

  it('the steepest place is where the loss falls most over a tenth of the test', () => {
    const losses = Array.from({ length: 20 }, (_, i) => (i < 10 ? 10 : i < 14 ? 10 - 2 * (i - 10) : 4 + i));
    expect(steepest(losses.map((_, i) => i), losses)).toBe(11); // prettier-ignore
    expect(steepest([1, 2, 3], [1, 2, 3])).toBeUndefined();
  });

  it('plot-schedule draws phases of a pipeline file, variables filled in', async () => {
    await writeFile(
      join(folder, 'p.yaml'),
      'vars: { n: 3 }\nstages:\n  d: { uses: yolo/train, with: { cfg: nano, epochs: "${vars.n}", batch: 10 } }\n  s: { uses: split }\n',
    );
    const { text } = await run(plotScheduleCommand, ['p.yaml', 'd'], { images: 100, svg: 'rate.svg' });
    expect(text).toContain('learning rate over 30 steps of 100 images');
    expect(text).toContain('0.00200 ┤');
    expect(await readFile(join(folder, 'rate.svg'), 'utf8')).toContain('<svg');
    await expect(run(plotScheduleCommand, ['p.yaml', 's'], {})).rejects.toMatchObject({
      message: expect.stringContaining('no stage "s" of kind yolo/train') as string,
      hint: 'It has d.',
    });
    await expect(run(plotScheduleCommand, [], { with: '{epochs: 0}' })).rejects.toMatchObject({
      details: [expect.stringContaining('epochs') as string],
    });
  });

  it('anchors says how well they fit', async () => {
    const { text } = await run(anchorsCommand, ['squares'], { count: 3, size: 64 });
    expect(text).toMatch(
      /^anchors = [\d.]+,[\d.]+, [\d.]+,[\d.]+, [\d.]+,[\d.]+\n\d+ boxes: mean IoU .*fitness 0\.\d+/,
    );
  });

  it('preview-augmented writes a picture', async () => {
    const { text } = await run(previewAugmentedCommand, ['squares'], { with: '{cfg: ./tiny.cfg, augment: {mosaic: 0.5}}', images: 2, epochs: 3 }); // prettier-ignore
    expect(text).toBe('2 images, each as in 3 epochs: augmented.jpg');
    expect((await stat(join(folder, 'augmented.jpg'))).size).toBeGreaterThan(5000);
  });

  it('validate-model reads what yolo/train wrote, and refuses numbers that are none', async () => {
    const squares = await folderArtifact('dataset', join(folder, 'squares'));
    const trained = await runStage(yoloTrainStage, {
      baseDirectory: folder,
      params: { cfg: './tiny.cfg', epochs: 2, batch: 4, backend: 'wasm' },
      inputs: { train: squares, validation: squares },
    });
    const { detector } = trained.outputs;
    if (!detector) throw new Error('no detector');
    expect(await detector.readText('training/curves.csv')).toMatch(/^epoch,loss,.*\n1,[\d.]+/);
    expect(await detector.has('training/events.out.tfevents.0.darkroom')).toBe(true);
    await rm(join(folder, 'detector'), { recursive: true, force: true });
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, 'detector'));
    for (const name of ['model.cfg', 'model.weights', 'detector.json'])
      await writeFile(join(folder, 'detector', name), await detector.readBytes(name));
    const { code, text } = await run(validateModelCommand, ['detector', 'squares'], { backend: 'wasm' });
    expect(code).toBe(0);
    expect(text).toMatch(/14 layers, \d+ trained numbers, input 64 × 64, 2 classes/);
    expect(text).toMatch(/AP50 \d\.\d+ on 4 images of squares/);
    expect(
      (await run(validateModelCommand, ['detector', 'squares'], { backend: 'wasm', least: 1 })).code,
    ).toBe(1);
    const bytes = await detector.readBytes('model.weights');
    bytes.writeFloatLE(NaN, 20);
    await writeFile(join(folder, 'detector/model.weights'), bytes);
    await expect(run(validateModelCommand, ['detector'], {})).rejects.toThrow('layer0/beta holds NaN');
  }, 60_000);
});
