import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { productRoot } from '../../../../pipeline/core/product-root.js';
import { parseCfg } from '../../../../stages/lib/darknet/cfg.js';
import { layoutOf } from '../../../../stages/lib/darknet/layout.js';
import { predictorOf } from '../../../../stages/lib/darknet/network.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import { graphModelFiles } from '../../../../stages/yolo/export/graph-model/graph-model.js';
import { randomNetwork } from '../../../support/random-network.js';
import { modelHandler } from '../../../support/tfjs-model-files.js';
import { tinyCfg } from '../../../support/tiny-detector.js';

const shipped = (name: string): string =>
  readFileSync(join(productRoot(), 'data/networks', `${name}.cfg`), 'utf8');

/** The cfg with an input of this size, and an eighth of the filters beside those of its heads. */
const thin = (cfg: string, size: number): string =>
  cfg
    .replace(/^(width|height)=.*$/gm, `$1=${size}`)
    .replace(/^filters=(\d+)$/gm, (line, filters: string) =>
      filters === '255' ? line : `filters=${Math.ceil(Number(filters) / 8)}`,
    );

const convolution = (words: string): string =>
  `[convolutional]\nbatch_normalize=1\n${words.replace(/ /g, '\n')}\n`;
const head =
  '[convolutional]\nsize=1\nstride=1\nfilters=14\nactivation=linear\n[yolo]\nmask=0,1\nanchors=6,6, 10,10\nclasses=2\nnum=2\n';

/** Every activation, a depthwise convolution, squeeze and excitation, and poolings that TensorFlow pads otherwise. */
const oddCfg = [
  '[net]\nwidth=64\nheight=48\nchannels=3\n',
  convolution('filters=8 size=3 stride=2 pad=1 activation=hard_swish'),
  convolution('filters=8 groups=8 size=3 stride=1 pad=1 activation=relu6'),
  convolution('filters=8 groups=8 size=5 stride=2 pad=1 activation=leaky'),
  '[avgpool]\n',
  '[convolutional]\nfilters=8\nsize=1\nstride=1\nactivation=logistic\n',
  '[scale_channels]\nfrom=-3\nactivation=relu\n',
  '[maxpool]\nsize=3\nstride=2\n',
  '[route]\nlayers=-2\n',
  '[maxpool]\nsize=2\nstride=2\npadding=0\n',
  '[route]\nlayers=-1,-3\n',
  convolution('filters=8 size=2 stride=1 padding=1 activation=mish'),
  convolution('filters=8 size=3 stride=1 pad=0 activation=swish'),
  '[upsample]\nstride=2\n',
  convolution('filters=8 size=3 stride=1 pad=1 activation=relu'),
  '[shortcut]\nfrom=-2\nactivation=leaky\n',
  head,
].join('\n');

/** The greatest difference between two heads, as a share of what is usual in them where that is more than 1. */
function apart(one: tf.Tensor, other: tf.Tensor | undefined): number {
  expect(other?.shape).toEqual(one.shape);
  const [far, spread] = tf.tidy(() => [
    tf.max(tf.abs(tf.sub(one, other ?? NaN))).dataSync()[0] ?? NaN,
    tf.sqrt(tf.moments(one).variance).dataSync()[0] ?? NaN,
  ]);
  expect(spread).toBeGreaterThan(0.1); // else anything would do
  return far / Math.max(1, spread);
}

describe('a detector as a TensorFlow.js graph model', () => {
  it.each([
    ['a network of every layer with routes, upsampling and shortcuts', tinyCfg, 2],
    ['nano, thin', thin(shipped('nano'), 160), 1],
    ['yolov3-tiny, thin, whose pooling of stride 1 keeps an odd size', thin(shipped('yolov3-tiny'), 224), 1],
    ['yolov3-spp, thin', thin(shipped('yolov3-spp'), 160), 2],
    ['mobilenet-small', shipped('mobilenet-small').replace(/=416$/gm, '=96'), 1],
    ['layers and activations that TensorFlow pads or names otherwise', oddCfg, 3],
  ])('has the heads that we compute: %s', async (_name, cfgText, batch) => {
    const { cfg, layout, values } = randomNetwork(cfgText, 3);
    await useBackend('cpu'); // stock, as TensorFlow.js brings it along
    const model = await tf.loadGraphModel(modelHandler(graphModelFiles(cfg, layout, values, 'test')));
    const x = tf.randomUniform<tf.Rank.R4>([batch, cfg.height, cfg.width, 3], 0, 1, 'float32', 4);
    const theirs = [model.predict(x)].flat() as tf.Tensor[];
    const predictor = predictorOf(cfg, layout, values);
    const ours = predictor.predict(x);
    expect(theirs.length).toBe(ours.length);
    for (const [n, head] of ours.entries()) expect(apart(head, theirs[n])).toBeLessThan(1e-4);
    tf.dispose([x, ...theirs, ...ours]);
    predictor.dispose();
    model.dispose();
  });

  it('names its input and its heads, in their order, with the batch open', async () => {
    const { cfg, layout, values } = randomNetwork(tinyCfg, 3);
    await useBackend('cpu');
    const model = await tf.loadGraphModel(modelHandler(graphModelFiles(cfg, layout, values, 'test')));
    const named = ({ name, shape }: { name: string; shape?: number[] | undefined }) => ({ name, shape });
    expect(model.inputs.map(named)).toEqual([{ name: 'images', shape: [-1, 64, 64, 3] }]);
    expect(model.outputNodes).toEqual(['head0', 'head1']);
  });

  it('has its weights in files of 4 MB at most, which the manifest lists in their order', () => {
    const cfg = parseCfg(shipped('nano'), 'nano.cfg');
    const layout = layoutOf(cfg);
    const values = new Float32Array(layout.length);
    const { 'model.json': json, ...shards } = graphModelFiles(cfg, layout, values, 'test');
    const model = JSON.parse(String(json)) as tf.io.ModelJSON;
    expect(model).toMatchObject({
      format: 'graph-model',
      signature: { outputs: { head2: { name: 'head2:0' } } },
    });
    const [group] = model.weightsManifest;
    expect(group?.paths).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin']);
    const sizes = Object.values(shards).map((part) => part.length);
    expect(sizes[0]).toBe(4_000_000);
    const bytes = group?.weights.map(({ shape }) => 4 * shape.reduce((product, side) => product * side, 1));
    expect(sizes.reduce((a, b) => a + b)).toBe(bytes?.reduce((a, b) => a + b));
  });
});
