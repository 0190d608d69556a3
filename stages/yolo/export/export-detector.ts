import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { productRoot } from '../../../pipeline/core/product-root.js';
import type { OutputWriter } from '../../../pipeline/stage/artifact.js';
import type { StageContext } from '../../../pipeline/stage/context.js';
import { parseCfg } from '../../lib/darknet/cfg.js';
import { layoutOf } from '../../lib/darknet/layout.js';
import { readWeights } from '../../lib/darknet/weights.js';
import { detectorModel } from '../../lib/onnx/detector-model.js';
import { bundleRunner } from './bundle-runner.js';
import { layersModelFiles } from './layers-model.js';
import type { ExportParams } from './params.js';

const detectorSchema = z.object({ classes: z.array(z.string()) });

/** Writes the formats that are asked for, and a README that says how to use them. */
export async function exportDetector(context: StageContext<ExportParams>): Promise<void> {
  const { formats, onnx } = context.params;
  const detector = context.input('detector');
  const output = context.output('files');
  const cfgText = await detector.readText('model.cfg');
  const cfg = parseCfg(cfgText, 'model.cfg');
  const { classes } = detectorSchema.parse(JSON.parse(await detector.readText('detector.json')));
  const layout = layoutOf(cfg);
  const { values } = readWeights(await detector.readBytes('model.weights'), layout, 'model.weights');
  const { version, dependencies } = await productPackage();
  const usage: string[] = [];

  const described = { classes, width: cfg.width, height: cfg.height };
  await output.write('detector.json', `${JSON.stringify(described, null, 2)}\n`);
  if (formats.includes('darknet')) {
    for (const name of ['model.cfg', 'model.weights']) output.reference(name, await detector.file(name));
    await output.write('model.names', classes.map((name) => `${name}\n`).join(''));
    usage.push('darknet detector test model.data model.cfg model.weights picture.jpg');
    await output.write('model.data', `classes=${classes.length}\nnames=model.names\n`);
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
    if (onnx.outputs !== 'heads') {
      await writeRunner(output, dependencies['onnxruntime-node'] ?? '*');
      usage.push('npm install && node detect.mjs picture.jpg');
    }
  }
  if (formats.includes('tfjs')) {
    for (const [name, data] of Object.entries(await layersModelFiles(cfg, layout, values)))
      await output.write(`tfjs/${name}`, data);
    usage.push(
      "await tf.loadLayersModel('…/tfjs/model.json') // raw heads, [1, rows, columns, anchors · (5 + classes)]",
    );
  }
  await output.write('README.md', readme(described, usage));
}

async function writeRunner(output: OutputWriter, runtimeVersion: string): Promise<void> {
  const program = {
    name: 'detector',
    private: true,
    type: 'module',
    dependencies: { 'onnxruntime-node': runtimeVersion },
  };
  await output.write('package.json', `${JSON.stringify(program, null, 2)}\n`);
  await output.write('detect.mjs', await bundleRunner());
}

async function productPackage() {
  const text = await readFile(join(productRoot(), 'package.json'), 'utf8');
  return JSON.parse(text) as { version: string; dependencies: Readonly<Record<string, string>> };
}

function readme(
  { classes, width, height }: { classes: readonly string[]; width: number; height: number },
  usage: readonly string[],
): string {
  return [
    '# A detector',
    '',
    `Finds ${classes.join(', ')}. Pictures are scaled to fit ${width} × ${height} pixels, centred on grey (0.5), RGB from 0 to 1.`,
    '',
    '```sh',
    ...usage,
    '```',
    '',
  ].join('\n');
}
