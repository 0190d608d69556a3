import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCfg, type DarknetCfg } from '../../../../stages/lib/darknet/cfg.js';
import { layoutOf } from '../../../../stages/lib/darknet/layout.js';
import { cfgPath, shippedNetworks } from '../../../../stages/lib/darknet/shipped-networks.js';
import { readFirstWeights, readWeights, writeWeights } from '../../../../stages/lib/darknet/weights.js';

const network = (name: string): DarknetCfg => parseCfg(readFileSync(cfgPath(name), 'utf8'), name);

describe('the networks that come along', () => {
  it.each([
    ['yolov3', 62_001_757],
    ['yolov3-tiny', 8_858_734],
  ])('%s has the numbers of the released weights file', (name, numbers) => {
    expect(layoutOf(network(name)).length).toBe(numbers);
  });

  it.each(shippedNetworks)('%s has heads at falling strides that take all anchors', (name) => {
    const cfg = network(name);
    const { shapes } = layoutOf(cfg);
    const heads = [...cfg.layers.entries()].flatMap(([i, layer]) => (layer.type === 'yolo' ? [{ layer, width: shapes[i]?.width ?? 0 }] : [])); // prettier-ignore
    expect(heads.map(({ width }) => cfg.width / width)).toEqual([32, 16, 8].slice(0, heads.length));
    expect(heads.flatMap(({ layer }) => [...layer.mask]).sort((a, b) => a - b)).toEqual(heads[0]?.layer.anchors.map((_, i) => i)); // prettier-ignore
  });

  it.each([
    ['yolov3', 52, 162_482_580],
    ['yolov3-tiny', 9, 30_973_396],
    ['yolov3-tiny', 6, 6_303_188],
  ])('%s starts from a file of its first %d convolutions of %d bytes', (name, convolutions, bytes) => {
    const layout = layoutOf(network(name));
    // Size is all that counts here: zeros with the header of version 0.2.
    const file = new Uint8Array(bytes);
    new DataView(file.buffer).setInt32(4, 2, true);
    expect(readFirstWeights(file, layout, 'partial', new Float32Array(layout.length))).toBe(convolutions);
    expect(() =>
      readFirstWeights(file.subarray(0, bytes - 4), layout, 'partial', new Float32Array(layout.length)),
    ).toThrow(
      new RegExp(
        `expected ${bytes} \\(the first ${convolutions} convolutions\\) to .*, found ${bytes - 4}\\.`,
      ),
    );
  });

  it('say how long a file is that has all but the end of the last convolution', () => {
    const layout = layoutOf(network('nano'));
    const whole = 20 + 4 * layout.length;
    const file = new Uint8Array(whole - 4);
    new DataView(file.buffer).setInt32(4, 2, true);
    expect(() => readFirstWeights(file, layout, 'cut', new Float32Array(layout.length))).toThrow(
      `cut: this weights file is shorter than the cfg needs: expected ${whole} bytes, found ${whole - 4}.`,
    );
  });

  it('write and read weights of depthwise convolutions', () => {
    const layout = layoutOf(network('mobilenet-small'));
    const values = Float32Array.from({ length: layout.length }, (_, i) => i % 1000);
    const read = readWeights(writeWeights({ values, seen: 7 }, layout), layout, 'x');
    expect(Buffer.compare(Buffer.from(read.values.buffer), Buffer.from(values.buffer))).toBe(0);
  });

  it('says which groups it knows', () => {
    const text = `[net]\nwidth=32\nheight=32\n[convolutional]\nfilters=8\n[convolutional]\nfilters=8\ngroups=2\n[convolutional]\nfilters=18\n[yolo]\nanchors=1,1,2,2,3,3\nclasses=1\n`; // prettier-ignore
    const lines = text.replaceAll('filters=8\n', 'filters=8\nactivation=leaky\n').replace('filters=18\n', 'filters=18\nactivation=linear\n'); // prettier-ignore
    expect(() => layoutOf(parseCfg(lines, 'x.cfg'))).toThrow('groups=2 and filters=8 on 8 channels');
  });
});
