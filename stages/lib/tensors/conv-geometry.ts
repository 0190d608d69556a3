import * as tf from '@tensorflow/tfjs';

/** What a convolution's gradients need to know of it. */
export interface ConvGeometry {
  readonly input: readonly [height: number, width: number, channels: number];
  readonly output: readonly [height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
  readonly padBefore: readonly [top: number, left: number];
}

export function geometryOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: [number, number] | number,
  pad: tf.Conv2DAttrs['pad'],
  rounding: tf.Conv2DAttrs['dimRoundingMode'],
): ConvGeometry {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    rounding,
  );
  return {
    input: [info.inHeight, info.inWidth, info.inChannels],
    output: [info.outHeight, info.outWidth, info.outChannels],
    kernel: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    padBefore: [info.padInfo.top, info.padInfo.left],
  };
}
