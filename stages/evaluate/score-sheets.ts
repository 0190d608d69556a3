import type { Scores, SliceScore } from '../lib/metrics/scores.js';
import type { TableSheet } from '../lib/tables/spreadsheet.js';

type Interval = readonly [number, number] | null;

/** An evaluation as sheets: the figures, the classes, the thresholds, the errors, and one sheet for every attribute. */
export function scoreSheets(scores: Scores, classes: readonly string[]): TableSheet[] {
  const byAttribute = new Map<string, SliceScore[]>();
  for (const slice of scores.slices)
    byAttribute.set(slice.attribute, [...(byAttribute.get(slice.attribute) ?? []), slice]);
  return [
    figureSheet(scores),
    classSheet(scores),
    thresholdSheet(scores),
    errorSheet(scores),
    confusionSheet(scores, classes),
    ...[...byAttribute].map(([attribute, slices]) => sliceSheet(attribute, slices)),
  ];
}

/** The columns of a table of slices, in the report and in the spreadsheet. */
export const sliceColumns = [
  'value',
  'of',
  'images',
  'objects',
  'AP50',
  'AP50 low',
  'AP50 high',
  'AP',
  'AP low',
  'AP high',
];

/** A slice as a row of such a table. */
export function sliceRow(slice: SliceScore): (string | number | null)[] {
  return [
    slice.value,
    `${slice.on}s`,
    slice.images,
    slice.objects,
    present(slice.AP50),
    ...bounds(slice.interval50),
    present(slice.AP),
    ...bounds(slice.interval),
  ];
}

function figureSheet({ stats, intervals, voc, counts, calibration }: Scores): TableSheet {
  const rows: (string | number | null)[][] = Object.entries(stats).map(([name, value]) => [
    name,
    present(value),
    ...bounds(name === 'AP' ? intervals.AP : name === 'AP50' ? intervals.AP50 : null),
  ]);
  return {
    name: 'figures',
    columns: ['figure', 'value', 'low', 'high'],
    rows: [
      ...rows,
      [`VOC AP, all points, IoU ${voc.iou}`, present(voc.allPoints), null, null],
      [`VOC AP, 11 points, IoU ${voc.iou}`, present(voc.elevenPoints), null, null],
      ['expected calibration error', calibration?.expectedError ?? null, null, null],
      ...Object.entries(counts).map(([name, count]) => [name, count, null, null]),
    ],
  };
}

function classSheet({ perClass, voc }: Scores): TableSheet {
  return {
    name: 'classes',
    columns: [
      'class',
      'objects',
      'detections',
      'AP',
      'AP50',
      'VOC AP',
      'best F1',
      'at score',
      'precision',
      'recall',
    ],
    rows: perClass.map(({ class: name, truth, detections, AP, AP50, bestF1 }, index) => [
      name,
      truth,
      detections,
      present(AP),
      present(AP50),
      present(voc.perClass[index]?.allPoints ?? -1),
      bestF1?.f1 ?? null,
      bestF1?.score ?? null,
      bestF1?.precision ?? null,
      bestF1?.recall ?? null,
    ]),
  };
}

function thresholdSheet({ operatingPoints, bestOperatingPoint }: Scores): TableSheet {
  const points = [...operatingPoints, ...(bestOperatingPoint ? [bestOperatingPoint] : [])];
  return {
    name: 'thresholds',
    columns: ['score', 'found', 'right', 'AP50', 'precision', 'recall', 'F1', 'macro precision', 'macro recall', 'macro F1'], // prettier-ignore
    rows: points.map(({ score, found, right, ap50, micro, macro }, index) => [
      index < operatingPoints.length ? score : `best F1 at ${score.toFixed(3)}`,
      found,
      right,
      ap50,
      micro.precision,
      micro.recall,
      micro.f1,
      macro.precision,
      macro.recall,
      macro.f1,
    ]),
  };
}

function errorSheet({ errors }: Scores): TableSheet {
  return {
    name: 'errors',
    columns: ['error', 'count', 'AP50 without it, more by'],
    rows: Object.entries(errors).map(([type, { count, deltaAp50 }]) => [type, count, deltaAp50]),
  };
}

function confusionSheet({ confusion }: Scores, classes: readonly string[]): TableSheet {
  return {
    name: 'confusion',
    columns: [`there ↓ said → (score ≥ ${confusion.minScore.toFixed(3)})`, ...classes, 'nothing'],
    rows: confusion.matrix.map((row, index) => [classes[index] ?? 'nothing', ...row]),
  };
}

function sliceSheet(attribute: string, slices: readonly SliceScore[]): TableSheet {
  return { name: attribute, columns: sliceColumns, rows: slices.map(sliceRow) };
}

function bounds(interval: Interval): [number | null, number | null] {
  return interval ? [interval[0], interval[1]] : [null, null];
}

function present(value: number): number | null {
  return value < 0 ? null : value;
}
