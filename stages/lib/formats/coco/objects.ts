import type { BoxXyxyPx, Keypoints, ObjectRecord, Segmentation } from '../../dataset/record.js';
import type { Attributes } from '../annotation.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import { boxOfRuns, compressRuns, expandRuns } from './run-lengths.js';
import type { CocoAnnotation } from './schema.js';

/**
 * What COCO has no field for stands among an annotation's `attributes` (as CVAT and Datumaro do it), under these
 * names: `truncated`, `occluded`, `difficult` (booleans), `visible_fraction` (0–1) and `amodal_bbox` (x, y, w, h).
 */
const flags = ['truncated', 'occluded', 'difficult'] as const;

/**
 * The dataset's object of a COCO annotation. COCO's boxes are x, y, width, height in pixels from the image's corner.
 * @param keypointNames of its category
 * @throws UserError with the place, for an annotation without box and outline, or an outline that is none
 */
export function objectOfCoco(
  annotation: CocoAnnotation,
  className: string,
  keypointNames: readonly string[],
  place: AnnotationPlace,
): ObjectRecord {
  const segmentation = segmentationOf(annotation, place);
  const { rest, truncated, occluded, difficult, visibleFraction, amodalBox } = splitAttributes(
    annotation.attributes ?? {},
  );
  const keypoints = keypointsOf(annotation.keypoints ?? [], keypointNames, place);
  return {
    box: annotation.bbox ? boxOfXywh(annotation.bbox) : boxAround(segmentation, place),
    class: className,
    ...(visibleFraction === undefined ? {} : { visibleFraction }),
    ...(truncated === undefined ? {} : { truncated }),
    ...(occluded === undefined ? {} : { occluded }),
    ...(difficult === undefined ? {} : { difficult }),
    ...(annotation.iscrowd === undefined ? {} : { crowd: Boolean(annotation.iscrowd) }),
    ...(typeof annotation.area === 'number' ? { areaPx: annotation.area } : {}),
    ...(amodalBox === undefined ? {} : { amodalBox }),
    ...(segmentation === undefined ? {} : { segmentation }),
    ...(keypoints === undefined ? {} : { keypoints }),
    ...(Object.keys(rest).length === 0 ? {} : { attributes: rest }),
  };
}

/** Attributes of a record's kind: what is no text, number or yes/no goes out. */
export function plainAttributes(attributes: Readonly<Record<string, unknown>>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
        ? [[name, value as string | number | boolean]]
        : [],
    ),
  );
}

/** COCO's x, y, width, height of a box. The sizes have as few digits as bring the same edges back. */
export function xywhOfBox([xmin, ymin, xmax, ymax]: BoxXyxyPx): [number, number, number, number] {
  return [xmin, ymin, extent(xmin, xmax), extent(ymin, ymax)];
}

/** What has to be added to `from` to reach `to` exactly; 57.3 rather than 57.30000000000001. */
function extent(from: number, to: number): number {
  for (let digits = 0; digits <= 12; digits++) {
    const rounded = Number((to - from).toFixed(digits));
    if (from + rounded === to) return rounded;
  }
  return to - from;
}

/** The parts of a COCO annotation that are the object's own: box, area, outline, flags. Without ids and keypoints. */
export function cocoOfObject(object: ObjectRecord): Readonly<Record<string, unknown>> {
  const bbox = xywhOfBox(object.box);
  const { segmentation } = object;
  const attributes: Record<string, unknown> = { ...object.attributes };
  for (const flag of flags) if (object[flag] !== undefined) attributes[flag] = object[flag];
  if (object.visibleFraction !== undefined) attributes['visible_fraction'] = object.visibleFraction;
  if (object.amodalBox !== undefined) attributes['amodal_bbox'] = xywhOfBox(object.amodalBox);
  return {
    bbox,
    // Evaluations sort objects by area and fail without one.
    area: object.areaPx ?? bbox[2] * bbox[3],
    iscrowd: object.crowd ? 1 : 0,
    segmentation:
      segmentation === undefined ? [] : 'polygons' in segmentation ? segmentation.polygons : segmentation.rle,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function boxOfXywh([x, y, width, height]: readonly [number, number, number, number]): BoxXyxyPx {
  return [x, y, x + width, y + height];
}

function segmentationOf({ segmentation }: CocoAnnotation, place: AnnotationPlace): Segmentation | undefined {
  if (!segmentation) return undefined;
  if (Array.isArray(segmentation)) {
    const polygons = segmentation.filter((polygon) => polygon.length > 0);
    for (const polygon of polygons)
      if (polygon.length % 2 === 1 || polygon.length < 6)
        throw annotationError(
          place,
          `a polygon has ${polygon.length} numbers; x, y of at least three points are expected.`,
        );
    return polygons.length === 0 ? undefined : { polygons };
  }
  const { size, counts } = segmentation;
  if (typeof counts !== 'string') return { rle: { size, counts: compressRuns(counts) } };
  try {
    expandRuns(counts);
  } catch (cause) {
    throw annotationError(place, 'the outline is not in COCO’s compressed run lengths.', undefined, cause);
  }
  return { rle: { size, counts } };
}

function boxAround(segmentation: Segmentation | undefined, place: AnnotationPlace): BoxXyxyPx {
  let box: BoxXyxyPx | undefined;
  if (segmentation && 'polygons' in segmentation) {
    const xs = segmentation.polygons.flatMap((polygon) => polygon.filter((_, index) => index % 2 === 0));
    const ys = segmentation.polygons.flatMap((polygon) => polygon.filter((_, index) => index % 2 === 1));
    const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
    box = [least(xs), least(ys), most(xs), most(ys)];
  } else if (segmentation) box = boxOfRuns(expandRuns(segmentation.rle.counts), segmentation.rle.size[0]);
  if (box) return box;
  throw annotationError(place, 'the annotation has neither a bbox nor an outline to make one of.');
}

function keypointsOf(
  values: readonly number[],
  names: readonly string[],
  place: AnnotationPlace,
): Keypoints | undefined {
  if (values.length === 0) return undefined;
  const expected = names.length > 0 ? names.length * 3 : values.length;
  if (values.length % 3 !== 0 || values.length !== expected)
    throw annotationError(
      place,
      `keypoints has ${values.length} numbers; x, y and visibility of ${names.length} points are expected.`,
    );
  const keypoints: Keypoints = {};
  for (let i = 0; i < values.length / 3; i++) {
    const [x = 0, y = 0, seen = 0] = values.slice(3 * i, 3 * i + 3);
    if (seen !== 0 && seen !== 1 && seen !== 2)
      throw annotationError(place, `a keypoint’s visibility is ${seen}; 0, 1 or 2 is expected.`);
    keypoints[names[i] ?? `point ${i + 1}`] = [x, y, seen];
  }
  return keypoints;
}

function splitAttributes(attributes: Readonly<Record<string, unknown>>) {
  const rest: Record<string, unknown> = { ...attributes };
  const take = <T>(name: string, fits: (value: unknown) => value is T): T | undefined => {
    const value = rest[name];
    if (!fits(value)) return undefined;
    Reflect.deleteProperty(rest, name);
    return value;
  };
  const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  const isXywh = (value: unknown): value is [number, number, number, number] =>
    Array.isArray(value) && value.length === 4 && value.every(isNumber);
  const amodal = take('amodal_bbox', isXywh);
  return {
    truncated: take('truncated', isFlag),
    occluded: take('occluded', isFlag),
    difficult: take('difficult', isFlag),
    visibleFraction: take('visible_fraction', isNumber),
    amodalBox: amodal && boxOfXywh(amodal),
    rest: plainAttributes(rest),
  };
}
