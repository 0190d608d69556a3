import type { DarknetCfg } from '../../lib/darknet/cfg.js';
import { yoloLayers } from '../../lib/darknet/decode.js';
import type { NetworkLayout } from '../../lib/darknet/layout.js';

/** What detector.json says: all that is needed to make boxes of a model's raw heads. */
export interface DetectorDescription {
  readonly classes: readonly string[];
  /** Pixels of the input. */
  readonly width: number;
  readonly height: number;
  readonly heads: readonly {
    readonly rows: number;
    readonly columns: number;
    /** [width, height] in pixels of the input, in the order of the head's channels. */
    readonly anchors: readonly (readonly [number, number])[];
  }[];
}

/** What an export folder has to be used by: `onnx` comes with a program, `heads` is a model.onnx of raw heads. */
export type Written = 'darknet' | 'onnx' | 'heads' | 'tfjs' | 'tfjs-graph';

export function describeDetector(
  cfg: DarknetCfg,
  { shapes }: NetworkLayout,
  classes: readonly string[],
): DetectorDescription {
  const grids = cfg.layers.flatMap(({ type }, index) => (type === 'yolo' ? (shapes[index] ?? []) : []));
  const heads = yoloLayers(cfg).map(({ mask, anchors }, n) => ({
    rows: grids[n]?.height ?? 0,
    columns: grids[n]?.width ?? 0,
    anchors: mask.flatMap((anchor) => (anchors[anchor] ? [anchors[anchor]] : [])),
  }));
  return { classes, width: cfg.width, height: cfg.height, heads };
}

/** The README of an export folder. */
export function readmeOf(
  { classes, width, height }: DetectorDescription,
  written: readonly Written[],
): string {
  const code = (lines: readonly string[], language: string): string[] =>
    lines.length === 0 ? [] : ['', `\`\`\`${language}`, ...lines, '```'];
  const has = (form: Written): boolean => written.includes(form);
  const shell = [
    ...(has('darknet') ? ['darknet detector test model.data model.cfg model.weights picture.jpg'] : []),
    ...(has('onnx') ? ['npm install --ignore-scripts && node detect.mjs picture.jpg'] : []),
  ];
  const [loader, ...others] = [
    ...(has('tfjs-graph') ? ["tf.loadGraphModel('…/tfjs-graph/model.json')"] : []),
    ...(has('tfjs') ? ["tf.loadLayersModel('…/tfjs/model.json')"] : []),
  ];
  const script =
    loader === undefined
      ? []
      : [
          `const model = await ${loader};${others.map((other) => ` // or ${other}`).join('')}`,
          `const heads = model.predict(images); // [N, ${height}, ${width}, 3] → [N, rows, columns, anchors · (5 + classes)] each`,
        ];
  return [
    '# A detector',
    '',
    `Finds ${classes.join(', ')}. Pictures are scaled to fit ${width} × ${height} pixels, centred on grey (0.5), RGB from 0 to 1.`,
    ...code(shell, 'sh'),
    ...code(script, 'js'),
    ...(loader !== undefined || has('heads') ? ['', ...headsExplained] : []),
    '',
  ].join('\n');
}

const headsExplained = [
  'The heads are raw. Of each anchor of detector.json they give x, y, w, h, objectness and a number for each class (in ONNX',
  'as [N, anchors · (5 + classes), rows, columns]). At a row and column, in pixels of the input: the centre is',
  '(column + σ(x)) / columns · width and (row + σ(y)) / rows · height, the size exp(w) · anchor width and exp(h) · anchor',
  'height, a class’s score σ(objectness) · σ(class). Of boxes that overlap, the best one is kept.',
];
