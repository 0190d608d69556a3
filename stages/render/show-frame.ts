import type { BatchContext } from '../../pipeline/stage/context.js';
import type { FrameRecord } from '../lib/dataset/frame-record.js';
import { drawBoxes } from '../lib/imaging/draw-boxes.js';
import { instanceCssColour } from '../lib/imaging/instance-colours.js';
import { maskComponents } from '../lib/imaging/mask-components.js';
import { decodeMask } from '../lib/imaging/masks.js';
import type { RenderFrame } from './frame.js';
import type { RenderParams } from './params.js';

/** Shows a finished frame to whoever watches, with the boxes of what its mask shows. @param files where they lie */
export async function showFrame(
  record: FrameRecord,
  files: { readonly image: string; readonly mask: string },
  context: BatchContext<RenderParams, RenderFrame>,
): Promise<void> {
  const classes = new Map(record.objects.map((object) => [object.instance, object.class]));
  const draw = async (): Promise<Uint8Array> => {
    const boxes = maskComponents(await decodeMask(files.mask)).map(({ instance, box }) => ({
      box,
      label: classes.get(instance) ?? '?',
      colour: instanceCssColour(instance),
    }));
    return drawBoxes(files.image, boxes, { maxSidePx: 480 });
  };
  await context.picture({ title: `frame ${record.id}`, mediaType: 'image/png', draw });
}
