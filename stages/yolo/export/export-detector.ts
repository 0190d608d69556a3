import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { productRoot } from '../../../pipeline/core/product-root.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { OutputWriter } from '../../../pipeline/stage/artifact.js';
import type { StageContext } from '../../../pipeline/stage/context.js';
import { parseCfg } from '../../lib/darknet/cfg.js';
import { layoutOf } from '../../lib/darknet/layout.js';
import { readWeights } from '../../lib/darknet/weights.js';
import { detectorModel } from '../../lib/onnx/detector-model.js';
import { bundleRunner } from './bundle-runner.js';
import { describeDetector, readmeOf, type Written } from './description.js';
import { graphModelFiles } from './graph-model/graph-model.js';
import { layersModelFiles } from './layers-model.js';
import { exportFormats, type ExportParams } from './params.js';

const detectorSchema = z.object({ classes: z.array(z.string()) });

/** Writes the formats that are asked for, and a README that says how to use them. */
export async function exportDetector(context: StageContext<ExportParams>): Promise<void> {
  const { formats = exportFormats, onnx } = context.params;
  const detector = context.input('detector');
  const output = context.output('files');
  const cfgText = await detector.readText('model.cfg');
  const cfg = parseCfg(cfgText, 'model.cfg');
  const { classes } = detectorSchema.parse(JSON.parse(await detector.readText('detector.json')));
  const layout = layoutOf(cfg);
  const { values } = readWeights(await detector.readBytes('model.weights'), layout, 'model.weights');
  const { version, dependencies } = await productPackage();
  const described = describeDetector(cfg, layout, classes);
  await output.write('detector.json', `${JSON.stringify(described, null, 2)}\n`);
  const written: Written[] = [];

  if (formats.includes('darknet')) {
    for (const name of ['model.cfg', 'model.weights']) output.reference(name, await detector.file(name));
    await output.write('model.names', classes.map((name) => `${name}\n`).join(''));
    await output.write('model.data', `classes=${classes.length}\nnames=model.names\n`);
    written.push('darknet');
  }
  if (formats.includes('onnx')) {
    const model = detectorModel(cfg, layout, values, {
      outputs: onnx.outputs,
      threshold: onnx.threshold,
      nmsIou: onnx.nms,
      maxDetections: onnx.maxDetections,
      version,
      metadata: { classes: JSON.stringify(classes), letterbox: 'darknet' },
    });
    await output.write('model.onnx', model);
    written.push(onnx.outputs === 'heads' ? 'heads' : 'onnx');
    if (onnx.outputs !== 'heads') await writeRunner(output, dependencies['onnxruntime-node'] ?? '*');
  }
  const writeIn = async (
    folder: 'tfjs' | 'tfjs-graph',
    files: Record<string, string | Uint8Array>,
  ): Promise<void> => {
    for (const [name, data] of Object.entries(files)) await output.write(`${folder}/${name}`, data);
    written.push(folder);
  };
  if (formats.includes('tfjs'))
    try {
      await writeIn('tfjs', await layersModelFiles(cfg, layout, values));
    } catch (error) {
      // Nobody has asked for just this one.
      if (context.params.formats !== undefined || !(error instanceof UserError)) throw error;
      context.warn(`${error.message} It is left out.`);
    }
  if (formats.includes('tfjs-graph'))
    await writeIn('tfjs-graph', graphModelFiles(cfg, layout, values, version));
  await output.write('README.md', readmeOf(described, written));
}

async function writeRunner(output: OutputWriter, runtimeVersion: string): Promise<void> {
  const program = {
    name: 'detector',
    private: true,
    type: 'module',
    dependencies: { 'onnxruntime-node': runtimeVersion },
  };
  await output.write('package.json', `${JSON.stringify(program, null, 2)}\n`);
  // The library for processors is in the package; its install script would fetch hundreds of megabytes for CUDA.
  await output.write('.npmrc', 'ignore-scripts=true\n');
  await output.write('detect.mjs', await bundleRunner());
}

async function productPackage() {
  const text = await readFile(join(productRoot(), 'package.json'), 'utf8');
  return JSON.parse(text) as { version: string; dependencies: Readonly<Record<string, string>> };
}
