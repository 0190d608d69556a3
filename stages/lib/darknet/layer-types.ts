/** What is done to each number of a layer's output. hard_swish is ours: Darknet does not know it. */
export const activations = [
  'linear',
  'leaky',
  'relu',
  'relu6',
  'logistic',
  'swish',
  'mish',
  'hard_swish',
] as const;
export type Activation = (typeof activations)[number];

/** darknet's slope of the leaky ReLU below zero. */
export const LEAKY_SLOPE = 0.1;

/** A convolution, with batch normalisation or a bias. */
export interface ConvolutionalLayer {
  readonly type: 'convolutional';
  readonly filters: number;
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
  readonly batchNormalize: boolean;
  readonly activation: Activation;
  /** 1, or as many as channels: then each channel has a kernel of its own (a depthwise convolution). */
  readonly groups: number;
}

interface MaxpoolLayer {
  readonly type: 'maxpool';
  readonly size: number;
  readonly stride: number;
  /** In all; half of it, rounded down, lies before. */
  readonly padding: number;
}

/** Joins the channels of earlier layers. */
interface RouteLayer {
  readonly type: 'route';
  /** Absolute layer indices. */
  readonly layers: readonly number[];
}

interface UpsampleLayer {
  readonly type: 'upsample';
  readonly stride: number;
}

/** Adds an earlier layer's output. */
interface ShortcutLayer {
  readonly type: 'shortcut';
  /** Absolute layer index. */
  readonly from: number;
  readonly activation: Activation;
}

/** The mean of each channel over the whole image. */
interface AvgpoolLayer {
  readonly type: 'avgpool';
}

/** Multiplies each channel of an earlier layer's output by the 1 × 1 that comes in (AlexeyAB; squeeze-and-excitation). */
interface ScaleChannelsLayer {
  readonly type: 'scale_channels';
  /** Absolute layer index. */
  readonly from: number;
  readonly activation: Activation;
}

/** A detection head. */
export interface YoloLayer {
  readonly type: 'yolo';
  /** All anchors of the network, [width, height] in pixels of its input. */
  readonly anchors: readonly (readonly [number, number])[];
  /** Which of them this head predicts. */
  readonly mask: readonly number[];
  readonly classes: number;
  readonly ignoreThreshold: number;
  /** Anchors beside the best one answer for an object too where they overlap it by more than this (AlexeyAB); 1: none. */
  readonly alsoThreshold: number;
  /** Weight of the boxes in the loss (AlexeyAB's iou_normalizer); pjreddie's darknet has 1. */
  readonly boxWeight: number;
}

export type DarknetLayer =
  | ConvolutionalLayer
  | MaxpoolLayer
  | AvgpoolLayer
  | RouteLayer
  | UpsampleLayer
  | ShortcutLayer
  | ScaleChannelsLayer
  | YoloLayer;
