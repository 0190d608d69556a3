import { z } from 'zod';

/** What the network is punished for. */
export const lossSchema = z
  .strictObject({
    box: z
      .enum(['darknet', 'giou', 'ciou'])
      .default('darknet')
      .describe('Boxes: darknet’s offsets; or by overlap: giou, ciou (better at high IoU, slower at first).'),
    objectness: z
      .enum(['presence', 'overlap'])
      .default('presence')
      .describe(
        'What the score of a place that answers for an object learns: presence, darknet’s 1; or how well its box overlaps the object, so that the best box of several is believed. overlap goes well with matchIou below 1.',
      ),
    boxWeight: z
      .number()
      .positive()
      .optional()
      .describe('Weight of the boxes; the cfg’s iou_normalizer where left out.'),
    matchIou: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'Beside the best anchor, others that overlap an object by more than this answer for it too: more to learn from. 1 is darknet’s single one; the cfg’s iou_thresh where left out.',
      ),
    ignoreIou: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'Places that find an object well enough, though they do not answer for it, are not punished: the overlap from which they do. The cfg’s ignore_thresh where left out.',
      ),
    labelSmoothing: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('Targets of classes are moved by this share towards one half.'),
    focal: z
      .number()
      .min(0)
      .max(5)
      .default(0)
      .describe('γ of the focal loss of objectness: what is sure already counts less. 0 is none.'),
  })
  .prefault({})
  .describe('The loss; darknet’s own as it stands.');
