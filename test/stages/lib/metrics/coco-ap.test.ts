import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cocoFigureNames, summarizeCoco, type CocoFigures } from '../../../../stages/lib/metrics/coco-ap.js';
import type { BoxEvaluation } from '../../../../stages/lib/metrics/box-evaluation.js';
import { matchBoxes } from '../../../../stages/lib/metrics/coco-match.js';

const folder = resolve(import.meta.dirname, '../../../../../shared/golden/coco-eval');
const cases = existsSync(folder)
  ? readdirSync(folder).flatMap((name) =>
      name.endsWith('.stats.json') ? [name.replace('.stats.json', '')] : [],
    )
  : [];

interface CocoBox {
  image_id: number;
  category_id: number;
  bbox: [number, number, number, number];
  area: number;
  iscrowd: 0 | 1;
  score: number;
}
interface CocoTruth {
  images: { id: number }[];
  categories: { id: number }[];
  annotations: CocoBox[];
}
interface Stats {
  stats: CocoFigures;
  perClass: { categoryId: number; ap: number; ap50: number }[];
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as T;
}

function evaluationOf(truth: CocoTruth, found: CocoBox[]): { evaluation: BoxEvaluation; classIds: number[] } {
  const imageIds = truth.images.map((image) => image.id).sort((a, b) => a - b);
  const classIds = truth.categories.map((category) => category.id).sort((a, b) => a - b);
  const columns = (boxes: CocoBox[]) => ({
    image: boxes.map((box) => imageIds.indexOf(box.image_id)),
    class: boxes.map((box) => classIds.indexOf(box.category_id)),
    boxesXywhPx: boxes.flatMap((box) => box.bbox),
  });
  const evaluation = {
    imageCount: imageIds.length,
    classCount: classIds.length,
    truth: {
      ...columns(truth.annotations),
      areaPx: truth.annotations.map((box) => box.area),
      crowd: truth.annotations.map((box) => box.iscrowd),
    },
    detections: { ...columns(found), score: found.map((box) => box.score) },
  };
  return { evaluation, classIds };
}

describe.skipIf(cases.length === 0)(
  'COCO figures against the real pycocotools (skipped where ../shared/golden/coco-eval is missing)',
  () => {
    it.each(cases)('%s: the twelve figures and every class agree to 1e-12', (name) => {
      const { evaluation, classIds } = evaluationOf(readJson(`${name}.gt.json`), readJson(`${name}.dt.json`));
      const expected = readJson<Stats>(`${name}.stats.json`);
      const summary = summarizeCoco(matchBoxes(evaluation));
      for (const figure of cocoFigureNames)
        expect(Math.abs(summary.figures[figure] - expected.stats[figure]), figure).toBeLessThanOrEqual(1e-12);
      expect(expected.perClass.length).toBe(classIds.length);
      for (const { categoryId, ap, ap50 } of expected.perClass) {
        const own = summary.perClass[classIds.indexOf(categoryId)];
        expect(Math.abs((own?.ap ?? NaN) - ap), `AP of ${categoryId}`).toBeLessThanOrEqual(1e-12);
        expect(Math.abs((own?.ap50 ?? NaN) - ap50), `AP50 of ${categoryId}`).toBeLessThanOrEqual(1e-12);
      }
    });
  },
);
