import { UserError } from '../../../pipeline/core/user-error.js';
import type { NetworkLayout, ParameterSegment } from './layout.js';

/** A tensor of another framework. */
export interface ForeignTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A convolution of another framework with what belongs to it. */
interface ForeignConvolution {
  readonly kernel: ForeignTensor;
  readonly beta: ForeignTensor | undefined;
  readonly gamma?: ForeignTensor | undefined;
  readonly mean?: ForeignTensor | undefined;
  readonly variance?: ForeignTensor | undefined;
}

/** How a framework lays out and names what we need. */
export interface ForeignStyle {
  readonly framework: string;
  /** Axes of a kernel: out, in, rows, columns; or rows, columns, in, out. */
  readonly kernel: 'OIHW' | 'HWIO';
  /** What its batch normalisation adds to a variance before the root. */
  readonly epsilon: number;
  readonly isKernel: (tensor: ForeignTensor) => boolean;
  /** Last parts of names. */
  readonly bias: string;
  readonly gamma: string;
  readonly beta: string;
  readonly mean: string;
  readonly variance: string;
}

/** Added to variances by our batch normalisation (darknet's). */
const OWN_EPSILON = 1e-6;

/**
 * Puts weights of another framework in place. Convolutions are matched in the natural order of their names with those of
 * the cfg, and must have their shapes; each batch normalisation belongs to the next convolution without a bias. A
 * convolution right before a [yolo] whose shape differs (other classes) is left as it was.
 * @returns how many convolutions were taken, and the names of those left out
 * @throws UserError that names the first tensor that does not fit
 */
export function takeForeignWeights(
  tensors: readonly ForeignTensor[],
  style: ForeignStyle,
  layout: NetworkLayout,
  headLayers: ReadonlySet<number>,
  file: string,
  values: Float32Array,
): { readonly taken: number; readonly leftOut: readonly string[] } {
  const convolutions = gather(tensors, style, file);
  const layers = [...new Set(layout.fileOrder.map(({ layer }) => layer))];
  if (convolutions.length > layers.length)
    throw new UserError(
      `${file} holds ${convolutions.length} convolutions, the network has ${layers.length}.`,
      {
        hint: 'Give the cfg of the network that these weights are of.',
      },
    );
  const leftOut: string[] = [];
  let taken = 0;
  for (const [i, convolution] of convolutions.entries()) {
    const layer = layers[i] ?? -1;
    const segments = layout.fileOrder.filter((segment) => segment.layer === layer);
    const kernel = segments.find(({ role }) => role === 'kernel');
    if (!kernel) continue;
    const found = shapeOf(convolution.kernel, kernel, style);
    if (String(found) !== String(kernel.shape)) {
      if (headLayers.has(layer)) {
        leftOut.push(convolution.kernel.name);
        continue;
      }
      throw new UserError(
        `${file}: ${convolution.kernel.name} is ${found.join(' × ')}, layer ${layer} of the cfg needs ${kernel.shape.join(' × ')} (rows, columns, in, out).`,
        { hint: 'Give the cfg of the network that these weights are of.' },
      );
    }
    for (const segment of segments) put(segment, convolution, style, file, values);
    taken++;
  }
  if (taken === 0) throw new UserError(`${file} holds no convolution that fits the network.`);
  return { taken, leftOut };
}

function gather(tensors: readonly ForeignTensor[], style: ForeignStyle, file: string): ForeignConvolution[] {
  // Keras counts conv2d, conv2d_1, …: a name's end must come before its continuation.
  const sortName = ({ name }: ForeignTensor): string => name.replaceAll('/', ' ');
  const sorted = [...tensors].sort((a, b) => byNumbers.compare(sortName(a), sortName(b)));
  const byName = new Map(sorted.map((tensor) => [tensor.name, tensor]));
  const beside = (tensor: ForeignTensor, from: string, to: string): ForeignTensor | undefined =>
    byName.get(tensor.name.slice(0, tensor.name.length - from.length) + to);
  const normalisations = sorted.filter(({ name }) => name.endsWith(style.mean));
  let next = 0;
  return sorted.filter(style.isKernel).map((kernel): ForeignConvolution => {
    const last = kernel.name.split(/[./]/).at(-1) ?? '';
    const bias = beside(kernel, last, style.bias);
    if (bias) return { kernel, beta: bias };
    const mean = normalisations[next++];
    if (!mean) throw new UserError(`${file}: ${kernel.name} has neither a bias nor a batch normalisation.`);
    return {
      kernel,
      mean,
      gamma: beside(mean, style.mean, style.gamma),
      beta: beside(mean, style.mean, style.beta),
      variance: beside(mean, style.mean, style.variance),
    };
  });
}

/** `layer2` before `layer10`. A function of the names alone, not of this machine's language. */
const byNumbers = new Intl.Collator('en', { numeric: true });

/** As ours: rows, columns, in, out. */
function shapeOf({ shape }: ForeignTensor, wanted: ParameterSegment, style: ForeignStyle): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = shape;
  if (style.kernel === 'OIHW') return [c, d, b, a];
  // Keras' depthwise kernels are rows, columns, channels, 1.
  return d === 1 && wanted.shape[2] === 1 ? [a, b, 1, c] : [a, b, c, d];
}

function put(
  segment: ParameterSegment,
  convolution: ForeignConvolution,
  style: ForeignStyle,
  file: string,
  values: Float32Array,
): void {
  const source = convolution[segment.role];
  if (!source || source.values.length !== segment.length)
    throw new UserError(
      `${file}: ${segment.name} of the cfg needs ${segment.length} numbers, ${convolution.kernel.name} comes with ${source ? source.values.length : 'none'}.`,
    );
  const target = values.subarray(segment.offset, segment.offset + segment.length);
  if (segment.role === 'variance') {
    const more = style.epsilon - OWN_EPSILON;
    for (let i = 0; i < target.length; i++) target[i] = (source.values[i] as number) + more;
  } else if (segment.role === 'kernel' && style.kernel === 'OIHW') {
    const [height, width, inputs, outputs] = segment.shape as [number, number, number, number];
    let at = 0;
    for (let output = 0; output < outputs; output++)
      for (let input = 0; input < inputs; input++)
        for (let place = 0; place < height * width; place++)
          target[(place * inputs + input) * outputs + output] = source.values[at++] as number;
  } else target.set(source.values);
}
