import type { NetworkLayout, ParameterRole } from './layout.js';

/** A convolution without normalisation: what it comes to when its statistics are fixed. */
interface FoldedConvolution {
  /** [size, size, inputs, filters] */
  readonly shape: readonly [number, number, number, number];
  /** In this shape. */
  readonly kernel: Float32Array;
  /** [filters] */
  readonly bias: Float32Array;
}

/** Added to a variance before its root (darknet's .000001). */
const varianceFloor = 1e-6;

/**
 * The kernel and bias of a layer with its batch normalisation folded in, for models that other programs run:
 * kernel · γ / √(σ² + 10⁻⁶), β − μ · γ / √(σ² + 10⁻⁶).
 * @param values the parameter vector of the layout
 */
export function foldedConvolution(
  layout: NetworkLayout,
  values: Float32Array,
  layer: number,
): FoldedConvolution {
  const find = (role: ParameterRole): Float32Array | undefined => {
    const segment = layout.segments.find((one) => one.layer === layer && one.role === role);
    return segment && values.subarray(segment.offset, segment.offset + segment.length);
  };
  const shape = layout.segments.find((one) => one.layer === layer && one.role === 'kernel')?.shape;
  const [kernel, beta] = [find('kernel'), find('beta')];
  if (!shape || !kernel || !beta) throw new Error(`layer ${layer} is no convolution`);
  const filters = beta.length;
  const [gamma, mean, variance] = [find('gamma'), find('mean'), find('variance')];
  const factor = Float64Array.from({ length: filters }, (_, f) =>
    gamma && variance ? (gamma[f] as number) / Math.sqrt((variance[f] as number) + varianceFloor) : 1,
  );
  return {
    shape: shape as [number, number, number, number],
    kernel: kernel.map((value, i) => value * (factor[i % filters] as number)),
    bias: beta.map((value, f) => value - (mean ? (mean[f] as number) * (factor[f] as number) : 0)),
  };
}
