/** Which rule turns gradients into steps. */
export type OptimizerRule =
  | { readonly name: 'sgd'; readonly momentum: number; readonly weightDecay: number }
  | {
      /** adamw: decay apart from the gradient; adam: decay as a part of it. */
      readonly name: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    };

/** A run of the parameter vector; decay holds back kernels only, never shifts and scales. */
export interface UpdateRange {
  readonly from: number;
  readonly to: number;
  readonly decays: boolean;
}

/** How many vectors of the parameters' length an optimizer remembers. */
export function slotCount(rule: OptimizerRule): number {
  return rule.name === 'sgd' ? 1 : 2;
}

/**
 * One step of an optimizer on plain arrays, in place: the same on every backend, and part by part in several threads.
 * Adam (Kingma & Ba 2015), with decoupled decay as adamw (Loshchilov & Hutter 2019); SGD with momentum and L2 as
 * darknet's.
 * @param gradients summed in their order, so that the result does not depend on who was ready first; the first of them
 *                  is overwritten by the sum
 * @param step      counted from 0 since the slots were zero
 * @param shrink    what the summed gradient is multiplied by: less than 1 where it was clipped
 */
export function updateParameters(
  rule: OptimizerRule,
  parameters: Float32Array,
  gradients: readonly Float32Array[],
  slots: readonly Float32Array[],
  ranges: readonly UpdateRange[],
  rate: number,
  step: number,
  shrink = 1,
): void {
  const [first = new Float32Array(), second = new Float32Array()] = slots;
  for (const { from, to, decays } of ranges) {
    const decay = decays ? rule.weightDecay : 0;
    const sum = sumInto(gradients, from, to);
    if (rule.name === 'sgd') {
      for (let i = from; i < to; i++) {
        const value = parameters[i] as number;
        const velocity =
          rule.momentum * (first[i] as number) - rate * (shrink * (sum[i] as number) + decay * value);
        first[i] = velocity;
        parameters[i] = value + velocity;
      }
      continue;
    }
    const { beta1, beta2, epsilon } = rule;
    const [coupled, decoupled] = rule.name === 'adam' ? [decay, 0] : [0, decay];
    const stepSize = rate / (1 - beta1 ** (step + 1));
    const unbias = 1 / (1 - beta2 ** (step + 1));
    for (let i = from; i < to; i++) {
      const value = parameters[i] as number;
      const gradient = shrink * (sum[i] as number) + coupled * value;
      const mean = beta1 * (first[i] as number) + (1 - beta1) * gradient;
      const square = beta2 * (second[i] as number) + (1 - beta2) * gradient * gradient;
      first[i] = settled(mean);
      second[i] = settled(square);
      parameters[i] =
        value - (stepSize * mean) / (Math.sqrt(square * unbias) + epsilon) - rate * decoupled * value;
    }
  }
}

/** Averages that run out become zero before they become subnormal, with which processors are a hundred times slower. */
function settled(value: number): number {
  return value < 1e-36 && value > -1e-36 ? 0 : value;
}

/** The gradients' sum in their order; the first of them holds it afterwards. */
export function sumInto(gradients: readonly Float32Array[], from: number, to: number): Float32Array {
  const [sum = new Float32Array(), ...others] = gradients;
  for (const other of others)
    for (let i = from; i < to; i++) sum[i] = (sum[i] as number) + (other[i] as number);
  return sum;
}

/** Numbers whose squares are added up at once: workers cut their parts at multiples of it, so that the sum is the same. */
export const SQUARES_CHUNK = 65_536;

/** The sums of squares of each chunk of a part of a vector. @param from a multiple of SQUARES_CHUNK */
export function squareSums(values: Float32Array, from: number, to: number): number[] {
  const sums: number[] = [];
  for (let start = from; start < to; start += SQUARES_CHUNK) {
    const end = Math.min(to, start + SQUARES_CHUNK);
    let sum = 0;
    for (let i = start; i < end; i++) sum += (values[i] as number) * (values[i] as number);
    sums.push(sum);
  }
  return sums;
}
