/** Which rule turns gradients into steps. */
export type OptimizerRule =
  | { readonly name: 'sgd'; readonly momentum: number; readonly weightDecay: number }
  | {
      readonly name: 'adam';
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
  return rule.name === 'adam' ? 2 : 1;
}

/**
 * One step of an optimizer on plain arrays, in place: the same on every backend, and part by part in several threads.
 * Adam (Kingma & Ba 2015) with decoupled decay (Loshchilov & Hutter 2019); SGD with momentum and L2 as darknet's.
 * @param gradients summed in their order, so that the result does not depend on who was ready first; the first of them
 *                  is overwritten by the sum
 * @param step      counted from 0
 */
export function updateParameters(
  rule: OptimizerRule,
  parameters: Float32Array,
  gradients: readonly Float32Array[],
  slots: readonly Float32Array[],
  ranges: readonly UpdateRange[],
  rate: number,
  step: number,
): void {
  const [first = new Float32Array(), second = new Float32Array()] = slots;
  for (const { from, to, decays } of ranges) {
    const decay = decays ? rule.weightDecay : 0;
    const sum = summed(gradients, from, to);
    if (rule.name === 'sgd') {
      for (let i = from; i < to; i++) {
        const value = parameters[i] as number;
        const velocity = rule.momentum * (first[i] as number) - rate * ((sum[i] as number) + decay * value);
        first[i] = velocity;
        parameters[i] = value + velocity;
      }
      continue;
    }
    const { beta1, beta2, epsilon } = rule;
    const stepSize = rate / (1 - beta1 ** (step + 1));
    const unbias = 1 / (1 - beta2 ** (step + 1));
    for (let i = from; i < to; i++) {
      const gradient = sum[i] as number;
      const mean = beta1 * (first[i] as number) + (1 - beta1) * gradient;
      const square = beta2 * (second[i] as number) + (1 - beta2) * gradient * gradient;
      first[i] = settled(mean);
      second[i] = settled(square);
      const value = parameters[i] as number;
      parameters[i] =
        value - (stepSize * mean) / (Math.sqrt(square * unbias) + epsilon) - rate * decay * value;
    }
  }
}

/** Averages that run out become zero before they become subnormal, with which processors are a hundred times slower. */
function settled(value: number): number {
  return value < 1e-36 && value > -1e-36 ? 0 : value;
}

/** The gradients' sum in their order; the first of them holds it afterwards. */
function summed(gradients: readonly Float32Array[], from: number, to: number): Float32Array {
  const [sum = new Float32Array(), ...others] = gradients;
  for (const other of others)
    for (let i = from; i < to; i++) sum[i] = (sum[i] as number) + (other[i] as number);
  return sum;
}
