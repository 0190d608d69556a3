import { unreachable } from '../../../../pipeline/core/unreachable.js';
import { LEAKY_SLOPE, type Activation } from '../../../lib/darknet/layer-types.js';
import type { Attribute, GraphDefBuilder } from './graph-def.js';

/**
 * The activations that TensorFlow does together with a convolution, as attributes of its fused operators; the depthwise
 * one knows no leaky ReLU.
 * @returns undefined for those that need operators of their own
 */
export function fusedActivation(
  activation: Activation,
  isDepthwise: boolean,
): Readonly<Record<string, Attribute>> | undefined {
  switch (activation) {
    case 'linear':
      return { fused_ops: ['BiasAdd'] };
    case 'leaky':
      if (isDepthwise) return undefined;
      return { fused_ops: ['BiasAdd', 'LeakyRelu'], leakyrelu_alpha: { float: LEAKY_SLOPE } };
    case 'relu':
      return { fused_ops: ['BiasAdd', 'Relu'] };
    case 'relu6':
      return { fused_ops: ['BiasAdd', 'Relu6'] };
    default:
      return undefined;
  }
}

/** Adds an activation of Darknet's (stages/lib/tensors/activations.ts) to a graph. @returns the name of its result */
export function activated(graph: GraphDefBuilder, value: string, activation: Activation): string {
  const times = (factor: string): string => graph.node('Mul', [value, factor]);
  const number = (name: string, of: number): string =>
    graph.floats(`${value}/${name}`, [], Float32Array.of(of));
  switch (activation) {
    case 'linear':
      return value;
    case 'leaky':
      return graph.node('LeakyRelu', [value], { alpha: { float: LEAKY_SLOPE } });
    case 'relu':
      return graph.node('Relu', [value]);
    case 'relu6':
      return graph.node('Relu6', [value]);
    case 'logistic':
      return graph.node('Sigmoid', [value]);
    case 'swish':
      return times(graph.node('Sigmoid', [value]));
    case 'mish':
      return times(graph.node('Tanh', [graph.node('Softplus', [value])]));
    case 'hard_swish': {
      // x · relu6(x + 3) / 6
      const bounded = graph.node('Relu6', [graph.node('AddV2', [value, number('three', 3)])]);
      return times(graph.node('Mul', [bounded, number('sixth', 1 / 6)]));
    }
    default:
      return unreachable(activation);
  }
}
