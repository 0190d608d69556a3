import { stringify } from 'csv-stringify/sync';

/** One thing that was found, as `pipeline detect` writes it. */
export interface Detection {
  /** The image's or film's name. */
  readonly image: string;
  /** Of a film, counted from 0. */
  readonly frame?: number;
  /** From 0. */
  readonly class: number;
  readonly name: string;
  readonly score: number;
  /** xmin, ymin, xmax, ymax in pixels, inside the image. */
  readonly box: readonly [number, number, number, number];
}

/** What was looked at, in the order of the words: images without a finding stand there, too. */
export interface Looked {
  readonly image: string;
  readonly frame?: number;
  readonly width: number;
  readonly height: number;
}

/** An array of detections, a line each. */
export function resultsJson(detections: readonly Detection[]): string {
  const lines = detections.map((detection) => `  ${JSON.stringify(detection)}`);
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}

/** A table of detections with a column for everything. */
export function resultsCsv(detections: readonly Detection[]): string {
  const rows = detections.map(({ image, frame, class: k, name, score, box }) => [
    image,
    frame ?? '',
    k,
    name,
    score,
    ...box,
  ]);
  return stringify([['image', 'frame', 'class', 'name', 'score', 'xmin', 'ymin', 'xmax', 'ymax'], ...rows]);
}

/**
 * COCO's results, and the list of images that the ids refer to: ids count from 1 in the order of looking, categories
 * from 1 in the order of the names.
 */
export function cocoResults(
  detections: readonly Detection[],
  looked: readonly Looked[],
  classes: readonly string[],
): { readonly results: string; readonly images: string } {
  const keyOf = ({ image, frame }: { image: string; frame?: number }): string => `${frame ?? ''} ${image}`;
  const ids = new Map(looked.map((one, index) => [keyOf(one), index + 1]));
  const results = detections.map((detection) => {
    const [xmin, ymin, xmax, ymax] = detection.box;
    return {
      image_id: ids.get(keyOf(detection)),
      category_id: detection.class + 1,
      bbox: [xmin, ymin, xmax - xmin, ymax - ymin],
      score: detection.score,
    };
  });
  const images = looked.map(({ image, frame, width, height }, index) => ({
    id: index + 1,
    file_name: image,
    ...(frame === undefined ? {} : { frame }),
    width,
    height,
  }));
  const categories = classes.map((name, index) => ({ id: index + 1, name }));
  return {
    results: `${JSON.stringify(results)}\n`,
    images: `${JSON.stringify({ images, categories }, null, 2)}\n`,
  };
}
