import { UserError } from '../../../pipeline/core/user-error.js';
import { unreachable } from '../../../pipeline/core/unreachable.js';
import type { DarknetCfg } from './cfg.js';

/** What a run of numbers in the parameter vector is. */
export type ParameterRole = 'kernel' | 'beta' | 'gamma' | 'mean' | 'variance';

/** One tensor inside the parameter vector. */
export interface ParameterSegment {
  /** `layer12/kernel`: stable as long as the cfg is. */
  readonly name: string;
  readonly layer: number;
  readonly role: ParameterRole;
  /** Kernels: [k, k, C, F], of depthwise convolutions [k, k, 1, F]; others [F]. */
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** Width, height and channels of a layer's output. */
export interface LayerShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * How a network's numbers lie in one flat vector: first what is trained (kernels, γ, β), then the running
 * statistics (μ, σ²). One vector makes sharing between workers, optimizers and checkpoints plain.
 */
export interface NetworkLayout {
  readonly segments: readonly ParameterSegment[];
  /** The same segments in the order of a .weights file. */
  readonly fileOrder: readonly ParameterSegment[];
  /** Numbers in all. */
  readonly length: number;
  /** Those before this index are trained by gradients. */
  readonly trainedLength: number;
  /** Output shape of each layer. */
  readonly shapes: readonly LayerShape[];
}

/** Follows the shapes through a network. @throws UserError where layers do not fit each other */
export function layoutOf(cfg: DarknetCfg): NetworkLayout {
  const shapes: LayerShape[] = [];
  const wanted: Omit<ParameterSegment, 'offset' | 'length'>[] = [];
  let current: LayerShape = { width: cfg.width, height: cfg.height, channels: cfg.channels };
  for (const [index, layer] of cfg.layers.entries()) {
    const at = (earlier: number): LayerShape => shapes[earlier] ?? current;
    switch (layer.type) {
      case 'convolutional': {
        const out = (side: number): number =>
          Math.floor((side + 2 * layer.pad - layer.size) / layer.stride) + 1;
        const roles: ParameterRole[] = layer.batchNormalize
          ? ['beta', 'gamma', 'mean', 'variance']
          : ['beta'];
        for (const role of roles)
          wanted.push({ name: `layer${index}/${role}`, layer: index, role, shape: [layer.filters] });
        const depthwise = layer.groups > 1;
        if (depthwise && (layer.groups !== current.channels || layer.filters !== current.channels))
          throw new UserError(`Layer ${index} of the network has groups=${layer.groups} and filters=${layer.filters} on ${current.channels} channels: groups are known as 1, or as many as channels and filters.`); // prettier-ignore
        const shape = [layer.size, layer.size, depthwise ? 1 : current.channels, layer.filters];
        wanted.push({ name: `layer${index}/kernel`, layer: index, role: 'kernel', shape });
        current = { width: out(current.width), height: out(current.height), channels: layer.filters };
        break;
      }
      case 'maxpool': {
        const out = (side: number): number =>
          Math.floor((side + layer.padding - layer.size) / layer.stride) + 1;
        current = { ...current, width: out(current.width), height: out(current.height) };
        break;
      }
      case 'avgpool':
        current = { ...current, width: 1, height: 1 };
        break;
      case 'scale_channels': {
        const other = at(layer.from);
        if (current.width !== 1 || current.height !== 1 || other.channels !== current.channels)
          throw mismatch(index, 'scales', other, current);
        current = other;
        break;
      }
      case 'route': {
        const joined = layer.layers.map(at);
        const [first = current] = joined;
        for (const other of joined)
          if (other.width !== first.width || other.height !== first.height)
            throw mismatch(index, 'joins', first, other);
        current = { ...first, channels: joined.reduce((sum, shape) => sum + shape.channels, 0) };
        break;
      }
      case 'upsample':
        current = {
          ...current,
          width: current.width * layer.stride,
          height: current.height * layer.stride,
        };
        break;
      case 'shortcut': {
        const other = at(layer.from);
        if (
          other.width !== current.width ||
          other.height !== current.height ||
          other.channels !== current.channels
        )
          throw mismatch(index, 'adds', current, other);
        break;
      }
      case 'yolo':
        break;
      default:
        unreachable(layer);
    }
    if (current.width < 1 || current.height < 1)
      throw new UserError(`The network's input of ${cfg.width} × ${cfg.height} is too small: nothing is left after layer ${index}.`); // prettier-ignore
    shapes.push(current);
  }
  return { ...placed(wanted), shapes };
}

function placed(wanted: readonly Omit<ParameterSegment, 'offset' | 'length'>[]): {
  segments: ParameterSegment[];
  fileOrder: ParameterSegment[];
  length: number;
  trainedLength: number;
} {
  const isStatistic = (role: ParameterRole): boolean => role === 'mean' || role === 'variance';
  const order = [
    ...wanted.filter((segment) => !isStatistic(segment.role)),
    ...wanted.filter((segment) => isStatistic(segment.role)),
  ];
  let offset = 0;
  let trainedLength = 0;
  const byName = new Map<string, ParameterSegment>();
  for (const segment of order) {
    const length = segment.shape.reduce((product, side) => product * side, 1);
    byName.set(segment.name, { ...segment, offset, length });
    offset += length;
    if (!isStatistic(segment.role)) trainedLength = offset;
  }
  const fileOrder = wanted.flatMap((segment) => byName.get(segment.name) ?? []);
  return { segments: [...byName.values()], fileOrder, length: offset, trainedLength };
}

function mismatch(index: number, verb: string, a: LayerShape, b: LayerShape): UserError {
  const text = (shape: LayerShape): string => `${shape.width} × ${shape.height} × ${shape.channels}`;
  return new UserError(`Layer ${index} of the network ${verb} outputs of ${text(a)} and ${text(b)}.`, {
    hint: 'Widths and heights of a YOLOv3’s input are multiples of 32; else look at the layers that are named.',
  });
}
