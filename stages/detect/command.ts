import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { hasErrorCode } from '../../pipeline/core/error-code.js';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand, type CommandHost } from '../../pipeline/stage/command.js';
import type { DetectorFiles } from '../lib/darknet/finder.js';
import { detectOptions, type DetectOptions } from './options.js';

/** `pipeline detect`: looks at images, folders, films and cameras with a trained detector. */
export const detectCommand = defineCommand({
  words: '--model FOLDER|STAGE INPUT…',
  wordsHelp: 'images, folders of them, films, or camera:DEVICE',
  options: detectOptions,
  async run(words, options, host) {
    if (words.length === 0)
      throw new UserError('What should be looked at?', {
        hint: 'Name images, folders of them, films, or camera:DEVICE.',
      });
    const [{ detectInputs }, { prepareOutputs }, { loadFinder }, { lookAt }] = await Promise.all([
      import('./inputs.js'),
      import('./output-files.js'),
      import('../lib/darknet/finder.js'),
      import('./look-at.js'),
    ]);
    if (options.runtime === 'onnx' && options.backend !== 'auto')
      throw new UserError('--backend is of TensorFlow.js: leave it out with --runtime onnx.');
    const drawnInto = options.draw === undefined ? undefined : resolve(host.directory, options.draw);
    const inputs = await detectInputs(words, host.directory, drawnInto);
    if (options.every > 1 && inputs.every(({ type }) => type === 'image'))
      throw new UserError('--every is of films and cameras, and there is none among the inputs.');
    const outputs = await prepareOutputs(options, inputs, host.directory);
    const files = await detectorFiles(options, host);
    const runtime =
      options.runtime === 'onnx'
        ? ({ name: 'onnx' } as const)
        : ({ name: 'tfjs', backend: options.backend } as const);
    const finder = await loadFinder(files, runtime);
    try {
      return await lookAt(inputs, finder, options, outputs, host);
    } finally {
      await finder.dispose();
    }
  },
});

async function detectorFiles(options: DetectOptions, host: CommandHost): Promise<DetectorFiles> {
  const { model, cfg, weights, names } = options;
  if (model !== undefined) {
    if (cfg !== undefined || weights !== undefined || names !== undefined)
      throw new UserError('--model says everything: leave --cfg, --weights and --names out.');
    return ofArtifact(model, host);
  }
  if (cfg === undefined || weights === undefined || names === undefined)
    throw new UserError('Which detector? Give --model, or all of --cfg, --weights and --names.');
  const read = async (path: string): Promise<Buffer> => {
    try {
      return await readFile(resolve(host.directory, path));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) throw new UserError(`There is no file ${path}.`);
      throw error;
    }
  };
  const lines = (await read(names)).toString('utf8').split('\n');
  return {
    cfg: { text: (await read(cfg)).toString('utf8'), name: basename(cfg) },
    weights: { bytes: await read(weights), name: basename(weights) },
    classes: lines.map((line) => line.trim()).filter((line) => line !== ''),
  };
}

async function ofArtifact(model: string, host: CommandHost): Promise<DetectorFiles> {
  const words = model.split(' ').filter((word) => word !== '');
  const found = await host.artifacts(words, ['detector'], { detector: 'model.weights' });
  const [first, second] = found;
  if (!first || second)
    throw new UserError(`--model ${model} stands for ${found.length} detectors; one is needed.`, {
      hint: `Name one of them: ${found.map(({ label }) => label).join(', ')}.`,
    });
  const { artifact } = first;
  const { classes } = z
    .object({ classes: z.array(z.string()) })
    .parse(JSON.parse(await artifact.readText('detector.json')));
  return {
    cfg: { text: await artifact.readText('model.cfg'), name: `${first.label}/model.cfg` },
    weights: { bytes: await artifact.readBytes('model.weights'), name: `${first.label}/model.weights` },
    classes,
  };
}
