import { describe, expect, it } from 'vitest';
import { adaptCfg } from '../../../../stages/lib/darknet/adapt-cfg.js';
import { parseCfg } from '../../../../stages/lib/darknet/cfg.js';
import { layoutOf } from '../../../../stages/lib/darknet/layout.js';
import { readFirstWeights, readWeights, writeWeights } from '../../../../stages/lib/darknet/weights.js';
import { tinyCfg } from '../../../support/tiny-detector.js';

const broken = (from: string, to: string) => () => parseCfg(tinyCfg.replace(from, to), 'tiny.cfg');

describe('a Darknet cfg', () => {
  it('is read with blanks anywhere, comments at line starts only, and the first of two equal keys', () => {
    const text = tinyCfg.replace('filters=8\n', ' fil ters = 8 \n#filters=9\n;filters=9\nfilters=10\n');
    expect(parseCfg(text, 'tiny.cfg').layers[0]).toMatchObject({ type: 'convolutional', filters: 8, pad: 1 });
  });

  it('resolves negative layers from the place where they stand', () => {
    const { layers } = parseCfg(tinyCfg, 'tiny.cfg');
    const route = layers.findIndex((layer) => layer.type === 'route');
    expect(layers[route]).toEqual({ type: 'route', layers: [route - 3] });
  });

  it.each<[string, () => unknown, string]>([
    ['an unknown section', broken('[maxpool]', '[dropout]'), 'section [dropout] is not known'],
    ['an unknown activation', broken('activation=leaky', 'activation=selu'), 'activation "selu"'],
    ['a route to a later layer', broken('layers=-3', 'layers=40'), 'layer 40 is not one of'],
    ['a text without an equals sign', broken('filters=8', 'filters 8'), '"filters 8" is neither'],
    ['a number that is none', broken('filters=8', 'filters=eight'), 'filters=eight'],
    ['filters that do not fit the classes', broken('classes=2', 'classes=3'), 'a convolution of 16 filters'],
    ['a mask beyond the anchors', broken('mask=2,3', 'mask=2,4'), 'mask names anchor 4'],
    ['a missing [net]', broken('[net]', '[nett]'), 'first section must be [net]'],
  ])('with %s is an error with file and line', (_, parse, message) => {
    expect(parse).toThrow(/^tiny\.cfg:\d+: /);
    expect(parse).toThrow(message);
  });

  it('is fitted to classes, anchors and input size, and keeps everything else', () => {
    const anchors = [[1, 2], [3, 4], [5, 6], [7, 8]] as const; // prettier-ignore
    const text = adaptCfg(tinyCfg, 'tiny.cfg', { classes: 1, anchors, inputSize: [96, 32] });
    const cfg = parseCfg(text, 'tiny.cfg');
    expect([cfg.width, cfg.height]).toEqual([96, 32]);
    for (const layer of cfg.layers)
      if (layer.type === 'yolo') expect(layer).toMatchObject({ classes: 1, anchors });
    const changed = text.split('\n').filter((line) => !tinyCfg.split('\n').includes(line));
    expect(new Set(changed.map((line) => line.split('=')[0]))).toEqual(
      new Set(['width', 'height', 'filters', 'classes', 'anchors']),
    );
  });

  it('refuses another number of anchors than it declares', () => {
    expect(() => adaptCfg(tinyCfg, 'tiny.cfg', { classes: 2, anchors: [[1, 2]] })).toThrow('num=4 anchors');
  });
});

describe('a Darknet weights file', () => {
  const layout = layoutOf(parseCfg(tinyCfg, 'tiny.cfg'));
  const values = Float32Array.from({ length: layout.length }, (_, i) => Math.sin(i));

  it('comes back as it was written', () => {
    const bytes = writeWeights({ values, seen: 12_345 }, layout);
    expect(bytes.length).toBe(20 + 4 * layout.length);
    expect(readWeights(bytes, layout, 'x.weights')).toEqual({ values, seen: 12_345 });
  });

  it('holds β, γ, μ, σ² and then the kernel as outputs × inputs × rows × columns', () => {
    const bytes = writeWeights({ values, seen: 0 }, layout);
    const floats = new Float32Array(bytes.slice(20).buffer);
    const find = (role: string): number =>
      layout.segments.find((segment) => segment.name === `layer0/${role}`)?.offset ?? NaN;
    expect(floats[0]).toBe(values[find('beta')]);
    expect(floats[8]).toBe(values[find('gamma')]);
    expect(floats[16]).toBe(values[find('mean')]);
    expect(floats[24]).toBe(values[find('variance')]);
    // The second number of the kernel is one column on: in [row, column, input, output] order 3 · 8 numbers later.
    expect(floats[33]).toBe(values[find('kernel') + 24]);
  });

  it.each([[-4], [4], [-200]])('of %i bytes more than expected is an error with both sizes', (difference) => {
    const whole = writeWeights({ values, seen: 0 }, layout);
    const bytes = new Uint8Array(whole.length + difference);
    bytes.set(whole.subarray(0, bytes.length));
    const message = `expected ${whole.length} bytes, found ${bytes.length}`;
    expect(() => readWeights(bytes, layout, 'x.weights')).toThrow(message);
  });

  it('that ends between two convolutions gives the first ones, and inside one is an error', () => {
    const whole = writeWeights({ values, seen: 0 }, layout);
    const first = 4 * (4 * 8 + 3 * 3 * 3 * 8);
    const target = new Float32Array(layout.length);
    expect(readFirstWeights(whole.slice(0, 20 + first), layout, 'x.conv.1', target)).toBe(1);
    const kernel = layout.segments.find((segment) => segment.name === 'layer0/kernel');
    expect(target[kernel?.offset ?? NaN]).toBe(values[kernel?.offset ?? NaN]);
    expect(target.filter((value) => value !== 0).length).toBeLessThanOrEqual(first / 4);
    expect(() => readFirstWeights(whole.slice(0, 20 + first + 40), layout, 'x.conv.1', target)).toThrow(
      'shorter',
    );
  });
});
