import type { Digest } from '../../../pipeline/core/digest.js';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { PlanningContext } from '../../../pipeline/stage/context.js';
import { readDataset } from '../../lib/dataset/dataset.js';
import type { DatasetRecord } from '../../lib/dataset/record.js';
import type { GeneratorHeader } from '../generator-header.js';
import type { TranslateItem, TranslateParams } from './params.js';

/** Chooses what an image's versions are made with. */
type Choice = (record: DatasetRecord) => Pick<TranslateItem, 'shown'>;

/** @throws UserError when more versions are asked for than the generator can draw */
export function checkVersions(versions: number, { mode }: GeneratorHeader): void {
  if (versions === 1 || mode === 'bayesian') return;
  throw new UserError(`${versions} versions are asked for, and a generator of mode ${mode} has only one.`, {
    hint: 'Train it with `mode: bayesian`, or leave `versions` out.',
  });
}

/**
 * For a generator with an encoder: draws an image of the target for each version of an image, a function of seed and
 * image, so that one version more moves no other; undefined for other generators.
 * @throws UserError when there is no target to draw from
 */
export async function choiceOfPictures(
  context: PlanningContext<TranslateParams>,
  { encoder }: GeneratorHeader,
): Promise<Choice | undefined> {
  if (!encoder) return undefined;
  const digests = new Set<Digest>();
  if (context.hasInput('target'))
    for await (const { imageDigest } of (
      await readDataset(context.input('target'), 'the target dataset')
    ).records())
      digests.add(imageDigest);
  const target = [...digests];
  if (target.length === 0)
    throw new UserError('The generator’s encoder takes images of the target domain, and there are none.', {
      hint: 'Bind some to the input `target`: those that the generator was trained on, for example.',
    });
  const { versions } = context.params;
  return ({ imageDigest }) => {
    const random = new RandomStream(context.seed, 'shown', imageDigest);
    const shown: Digest[] = [];
    while (shown.length < versions) {
      const digest = target[random.integer(0, target.length - 1)];
      // No image twice as long as there are others.
      if (digest && (shown.length >= target.length || !shown.includes(digest))) shown.push(digest);
    }
    return { shown };
  };
}
