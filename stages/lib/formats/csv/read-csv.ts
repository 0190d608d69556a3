import type { BoxXyxyPx, ObjectRecord } from '../../dataset/record.js';
import type { OpenedAnnotations } from '../annotation.js';
import { annotationError, parseNumber, placeText } from '../annotation-place.js';
import { checkClass, parseClassNames, sortedClasses } from '../class-list.js';
import { readCsv } from '../csv-rows.js';
import type { ReadRequest } from '../format.js';
import { GroupedLines } from '../grouped-lines.js';
import { edgesOf } from '../pixel-convention.js';
import type { PixelSize } from '../pixel-size.js';
import { labelCsvColumns } from './rows.js';

/**
 * Opens LabelImg's CSV, a box a line. The lines of an image need not follow each other: they wait in a scratch file.
 * @throws UserError with file and line for a missing column, no number, or another size than an earlier line gave
 */
export async function openLabelCsv(request: ReadRequest): Promise<OpenedAnnotations> {
  const { tree, scratch, options, notes } = request;
  const file = tree.only;
  const given = request.classes && parseClassNames(request.classes.text, request.classes.file);
  const known = given && new Set(given);
  const used = new Set<string>();
  const boxes = new GroupedLines<ObjectRecord>(scratch, 'csv-boxes');
  const heads = new Map<string, { readonly size: PixelSize; readonly line: number }>();
  for await (const { line, cells } of readCsv(await tree.open(file), { file, required: labelCsvColumns })) {
    const place = { file, line };
    const number = (name: (typeof labelCsvColumns)[number]): number => parseNumber(cells[name], name, place);
    const size = { width: number('width'), height: number('height') };
    const head = heads.get(cells.filename);
    if (!head) heads.set(cells.filename, { size, line });
    else if (head.size.width !== size.width || head.size.height !== size.height)
      throw annotationError(
        place,
        `${cells.filename} is ${size.width} × ${size.height} here, but ${head.size.width} × ${head.size.height} in line ${head.line}.`,
      );
    if (cells.class === '') throw annotationError(place, 'the class is empty.');
    if (known) checkClass(cells.class, known, place);
    used.add(cells.class);
    const written: BoxXyxyPx = [number('xmin'), number('ymin'), number('xmax'), number('ymax')];
    const box = edgesOf(written, options.pixels ?? 'zero-based', placeText(place), notes);
    boxes.add(cells.filename, { box, class: cells.class });
  }
  return {
    classes: given ?? sortedClasses(used),
    async *annotations() {
      for (const [image, { size, line }] of heads) {
        const objects = boxes.values(image);
        const known = size.width > 0 && size.height > 0;
        yield { image, place: { file, line }, ...(known ? { size } : {}), objects: () => objects };
      }
      boxes.close();
    },
  };
}
