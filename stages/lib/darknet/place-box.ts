import type { YoloLayer } from './layer-types.js';

/** A place of a head: a cell, and an anchor of the head's mask. */
export interface Place {
  readonly row: number;
  readonly column: number;
  /** In the mask. */
  readonly slot: number;
}

/** What a head says. */
export interface HeadOutput {
  readonly layer: YoloLayer;
  /** [rows, columns, anchors of the mask · (5 + classes)], of one image or several */
  readonly raw: Float32Array;
  readonly grid: { readonly rows: number; readonly columns: number };
  /** Of the network's input, in pixels. */
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/** A box of e⁸ anchors is beyond any image; its exponential would only overflow. */
export const LARGEST_EXPONENT = 8;

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * The box that a place predicts (Redmon & Farhadi 2018, §2.1; pjreddie src/yolo_layer.c): x = (column + σ(tx)) / columns,
 * w = anchor · exp(tw).
 * @param at where the place's numbers begin in `raw`
 * @returns x and y of the centre, width, height; in pixels of the network's input, not clipped
 */
export function placeBox(
  { layer, raw, grid, inputWidth, inputHeight }: HeadOutput,
  at: number,
  { row, column, slot }: Place,
): readonly [x: number, y: number, width: number, height: number] {
  const [anchorWidth, anchorHeight] = layer.anchors[layer.mask[slot] ?? 0] ?? [1, 1];
  return [
    ((column + sigmoid(raw[at] ?? 0)) / grid.columns) * inputWidth,
    ((row + sigmoid(raw[at + 1] ?? 0)) / grid.rows) * inputHeight,
    anchorWidth * Math.exp(Math.min(raw[at + 2] ?? 0, LARGEST_EXPONENT)),
    anchorHeight * Math.exp(Math.min(raw[at + 3] ?? 0, LARGEST_EXPONENT)),
  ];
}
