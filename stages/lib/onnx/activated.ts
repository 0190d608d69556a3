import { unreachable } from '../../../pipeline/core/unreachable.js';
import { LEAKY_SLOPE, type Activation } from '../darknet/layer-types.js';
import type { GraphBuilder } from './graph-builder.js';

/** Adds an activation of Darknet's (stages/lib/tensors/activations.ts) to a graph. @returns the name of its result */
export function activated(graph: GraphBuilder, value: string, activation: Activation): string {
  const times = (factor: string): string => graph.node('Mul', [value, factor]);
  switch (activation) {
    case 'linear':
      return value;
    case 'leaky':
      return graph.node('LeakyRelu', [value], { alpha: { float: LEAKY_SLOPE } });
    case 'relu':
      return graph.node('Relu', [value]);
    case 'relu6': {
      const bound = (name: string, at: number): string =>
        graph.floats(`${value}/${name}`, [], Float32Array.of(at));
      return graph.node('Clip', [value, bound('least', 0), bound('most', 6)]);
    }
    case 'logistic':
      return graph.node('Sigmoid', [value]);
    case 'swish':
      return times(graph.node('Sigmoid', [value]));
    case 'mish':
      return times(graph.node('Tanh', [graph.node('Softplus', [value])]));
    case 'hard_swish':
      // relu6(x + 3) / 6
      return times(graph.node('HardSigmoid', [value], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }));
    default:
      return unreachable(activation);
  }
}
