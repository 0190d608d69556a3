import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paramsOfStage } from '../../stages/yolo/command-params.js';
import { phasesOf } from '../../stages/yolo/phases.js';
import { cfgPath, shippedNetworks } from '../../stages/lib/darknet/shipped-networks.js';
import { parseCfg } from '../../stages/lib/darknet/cfg.js';

const folder = resolve(import.meta.dirname, '../../templates/recipes');

describe('the recipes for trainings', () => {
  it.each(readdirSync(folder))('%s has parameters that yolo/train takes', async (name) => {
    const params = await paramsOfStage(resolve(folder, name), 'detector');
    const shipped = shippedNetworks.find((network) => network === params.cfg);
    const cfg = shipped && parseCfg(readFileSync(cfgPath(shipped), 'utf8'), shipped);
    expect(phasesOf(params, cfg, 100).every(({ steps }) => steps > 0)).toBe(true);
  });

  it('two-phase freezes Darknet-53 first, and then nothing', async () => {
    const params = await paramsOfStage(resolve(folder, 'two-phase.yaml'), 'detector');
    const cfg = parseCfg(readFileSync(cfgPath('yolov3'), 'utf8'), 'yolov3');
    expect(phasesOf(params, cfg, 80)).toMatchObject([
      { frozenLayers: 75, epochs: 10, batch: 8, schedule: { rate: 0.01 } },
      { frozenLayers: 0, epochs: 100, batch: 8, schedule: { rate: 0.001 } },
    ]);
  });
});
