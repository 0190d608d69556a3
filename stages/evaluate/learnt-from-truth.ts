import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { Dataset } from '../lib/dataset/dataset.js';
import { LeakDetector } from '../lib/dataset/leaks.js';
import { readLearntImages } from '../lib/dataset/learnt-images.js';
import { tellLeaks } from '../lib/dataset/tell-leaks.js';

const sides = ['the truth', 'learnt from', 'chosen by'];

/**
 * Looks whether the detector was fitted to images of the truth, or chosen by them: the same content, or another
 * image of the same group. Figures of such an evaluation say nothing about new images.
 * @throws UserError that names the pairs, unless they are only to be warned of
 */
export async function refuseLearntTruth(
  truth: Dataset,
  predictions: ArtifactReader,
  context: Pick<StageContext<unknown>, 'warn' | 'log'>,
  severity: 'error' | 'warn',
): Promise<void> {
  const learnt = await readLearntImages(predictions, 'the predictions');
  if (!learnt) {
    context.log('Nobody knows which images the detector was trained on: leaks were not looked for.');
    return;
  }
  const detector = new LeakDetector();
  for await (const record of truth.records()) detector.add(0, record);
  for await (const image of learnt) detector.add(image.use === 'train' ? 1 : 2, image);
  // That training and validation share something is their split's matter.
  const leaks = detector.find().all.filter(({ pair }) => pair.some(({ side }) => side === 0));
  tellLeaks(leaks, sides, {
    warn: (message) => context.warn(message),
    severity: () => severity,
    hint: (kinds) =>
      kinds.map((kind) =>
        kind === 'same-image'
          ? 'Judge by images that no stage before the detector has: split first, then merge; `check/leaks` stops before a training.'
          : 'Split by group, or write `leaks: warn` to get figures that new images will not bear out. Groups of two imports that only happen to be called alike are told apart by a `name` for each import.',
      ),
  });
}
