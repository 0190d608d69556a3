import { derivedSeed } from '../../pipeline/core/seed.js';
import type { Mode } from './modes.js';
import { discriminatorLayout } from './networks/discriminator.js';
import { generatorLayout, tapChannels, type GeneratorShape } from './networks/generator.js';
import { mapEncoderShape } from './networks/map-encoder.js';
import { initialParameters, type ParameterLayout } from './networks/parameters.js';
import { patchHeadsLayout } from './networks/patch-heads.js';

/**
 * The networks by their parts: `forward` makes targets of sources, `back` the reverse; `judgeTarget` and `judgeSource`
 * tell real ones; `heads` are CUT's; `mapTarget` and `mapSource` encode pictures of their domain into maps.
 */
export type NetworkName =
  'forward' | 'back' | 'judgeTarget' | 'judgeSource' | 'heads' | 'mapTarget' | 'mapSource';

/** Networks that Bayesian CycleGAN has a posterior of: its prior and its noise are of them. */
const POSTERIOR: readonly NetworkName[] = ['forward', 'back', 'judgeTarget', 'judgeSource'];

/** A network inside the vector that holds all. */
export interface PlacedNetwork {
  readonly name: NetworkName;
  readonly layout: ParameterLayout;
  readonly offset: number;
  /** Whose gradient vectors are summed up for it. */
  readonly tasks: readonly number[];
  readonly hasPosterior: boolean;
}

/** All networks of a mode, one after the other in one vector. */
export interface Model {
  readonly mode: Mode;
  readonly generator: GeneratorShape;
  /** What makes pictures into maps; none where maps are noise, or there are none. */
  readonly encoder: GeneratorShape | undefined;
  readonly networks: readonly PlacedNetwork[];
  readonly length: number;
}

/** What decides on the sizes of the networks. */
export interface ModelShape {
  readonly mode: Mode;
  readonly width: number;
  readonly judgeWidth: number;
  readonly blocks: number;
  /** Channels of the encoders' first convolution; none without encoders. */
  readonly encoderWidth?: number | undefined;
}

/** Lays the networks of a mode out. */
export function modelOf({ mode, width, judgeWidth, blocks, encoderWidth }: ModelShape): Model {
  const generator = { inputChannels: mode === 'bayesian' ? 4 : 3, width, blocks };
  const encoder =
    mode === 'bayesian' && encoderWidth !== undefined ? mapEncoderShape(encoderWidth) : undefined;
  const both = [0, 1];
  const parts: readonly (readonly [NetworkName, ParameterLayout, readonly number[]])[] =
    mode === 'cut'
      ? [
          ['forward', generatorLayout(generator), both],
          ['judgeTarget', discriminatorLayout(judgeWidth), [0]],
          ['heads', patchHeadsLayout(tapChannels(generator)), both],
        ]
      : [
          ['forward', generatorLayout(generator), both],
          ['back', generatorLayout(generator), both],
          // Each judges translations of one way and, with γ, what became of pictures on the other.
          ['judgeTarget', discriminatorLayout(judgeWidth), both],
          ['judgeSource', discriminatorLayout(judgeWidth), both],
          ...(['mapTarget', 'mapSource'] as const).flatMap((name) =>
            encoder ? [[name, generatorLayout(encoder), both] as const] : [],
          ),
        ];
  let offset = 0;
  const networks = parts.map(([name, layout, tasks]) => {
    const placed: PlacedNetwork = { name, layout, offset, tasks, hasPosterior: POSTERIOR.includes(name) };
    offset += layout.length;
    return placed;
  });
  return { mode, generator, encoder, networks, length: offset };
}

/** A network of the model. @throws Error where its mode has none of this name */
export function networkOf(model: Model, name: NetworkName): PlacedNetwork {
  const found = model.networks.find((network) => network.name === name);
  if (!found) throw new Error(`the mode ${model.mode} has no network ${name}`);
  return found;
}

/** All networks as they begin, each a function of the seed and its name. */
export function initialModel(model: Model, seed: number): Float32Array {
  const values = new Float32Array(model.length);
  for (const { name, layout, offset } of model.networks)
    values.set(initialParameters(layout, derivedSeed(seed, 'start', name)), offset);
  return values;
}
