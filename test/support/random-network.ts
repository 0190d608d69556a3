import { RandomStream } from '../../pipeline/core/seed.js';
import { parseCfg, type DarknetCfg } from '../../stages/lib/darknet/cfg.js';
import { layoutOf, type NetworkLayout } from '../../stages/lib/darknet/layout.js';

interface RandomNetwork {
  readonly cfg: DarknetCfg;
  readonly layout: NetworkLayout;
  readonly values: Float32Array;
}

/** A network with weights by chance that keep what goes through it about as large as it came (He et al. 2015). */
export function randomNetwork(cfgText: string, seed: number): RandomNetwork {
  const cfg = parseCfg(cfgText, 'random.cfg');
  const layout = layoutOf(cfg);
  const random = new RandomStream(seed, 'weights');
  const values = new Float32Array(layout.length);
  for (const { role, shape, offset, length } of layout.segments) {
    const [rows = 1, columns = 1, inputs = 1] = shape;
    const deviation = role === 'kernel' ? Math.sqrt(2 / (rows * columns * inputs)) : 0.1;
    for (let i = offset; i < offset + length; i++)
      values[i] = role === 'variance' || role === 'gamma' ? 0.5 + random.next() : random.normal(0, deviation);
  }
  return { cfg, layout, values };
}
