import { UserError } from '../../../../pipeline/core/user-error.js';
import type { OpenedAnnotations } from '../annotation.js';
import { parseClassNames } from '../class-list.js';
import type { ReadRequest } from '../format.js';
import { readTextLines } from '../text-lines.js';
import { parseKerasLine } from './lines.js';
import { optionWords } from '../option-words.js';

/** Opens a file of keras-yolo3 lines, streamed. Classes are numbers, so their names have to be given. */
export async function openKeras({ tree, classes }: ReadRequest): Promise<OpenedAnnotations> {
  const file = tree.only;
  if (!classes)
    throw new UserError(`${file} names classes by numbers, and nothing says what they mean.`, {
      hint: `Name a file with one class a line: ${optionWords('classes')}.`,
    });
  const names = parseClassNames(classes.text, classes.file);
  return {
    classes: names,
    async *annotations() {
      for await (const { line, text } of readTextLines(await tree.open(file), file)) {
        if (text.trim() === '') continue;
        const place = { file, line };
        const { image, objects } = parseKerasLine(text, names, place);
        yield { image, place, objects: () => objects };
      }
    },
  };
}
