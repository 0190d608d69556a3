import type { ScoredBoxes } from '../metrics/nms.js';
import type { DarknetCfg } from './cfg.js';
import type { YoloLayer } from './layer-types.js';
import { placeBox, sigmoid } from './place-box.js';

/** The [yolo] layers of a network, in the order of its heads. */
export function yoloLayers(cfg: DarknetCfg): YoloLayer[] {
  return cfg.layers.filter((layer) => layer.type === 'yolo');
}

/**
 * Raw heads to scored boxes, as darknet's yolo layer (pjreddie src/yolo_layer.c): score = σ(objectness) · σ(class). A
 * place whose objectness is not above the threshold is left out, and so is a class whose score is not.
 * @param heads one image's raw heads, [h, w, anchors · (5 + classes)] each, in the order of the cfg
 * @param grids rows and columns of each head
 * @returns boxes in pixels of the network's input, not clipped
 */
export function decodeHeads(
  cfg: DarknetCfg,
  heads: readonly Float32Array[],
  grids: readonly { readonly rows: number; readonly columns: number }[],
  threshold: number,
): ScoredBoxes {
  const boxes: number[] = [];
  const scores: number[] = [];
  const classes: number[] = [];
  for (const [h, layer] of yoloLayers(cfg).entries()) {
    const raw = heads[h] ?? new Float32Array();
    const grid = grids[h] ?? { rows: 0, columns: 0 };
    const head = { layer, raw, grid, inputWidth: cfg.width, inputHeight: cfg.height };
    const stride = 5 + layer.classes;
    for (let cell = 0; cell < grid.rows * grid.columns; cell++)
      for (let slot = 0; slot < layer.mask.length; slot++) {
        const at = (cell * layer.mask.length + slot) * stride;
        const objectness = sigmoid(raw[at + 4] ?? 0);
        if (objectness <= threshold) continue;
        const place = { row: Math.floor(cell / grid.columns), column: cell % grid.columns, slot };
        const [x, y, width, height] = placeBox(head, at, place);
        for (let c = 0; c < layer.classes; c++) {
          const score = objectness * sigmoid(raw[at + 5 + c] ?? 0);
          if (score <= threshold) continue;
          boxes.push(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
          scores.push(score);
          classes.push(c);
        }
      }
  }
  return {
    boxes: Float32Array.from(boxes),
    scores: Float32Array.from(scores),
    classes: Int32Array.from(classes),
  };
}
