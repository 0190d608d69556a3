import { UserError } from '../../pipeline/core/user-error.js';
import type { Digest } from '../../pipeline/core/digest.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { DatasetWriter } from '../lib/dataset/dataset-writer.js';
import { passOnLearntImages } from '../lib/dataset/learnt-images.js';
import { readDataset, type Dataset } from '../lib/dataset/dataset.js';
import { LeakDetector, leakKinds, type Leak, type LeakKind } from '../lib/dataset/leaks.js';
import { hashPictures, type PictureHashes } from '../lib/dataset/picture-hashes.js';
import { tellLeaks } from '../lib/dataset/tell-leaks.js';
import type { LeaksParams } from './leaks-params.js';

type Context = StageContext<LeaksParams>;

/** The number of the side that is learnt from; the held-out datasets follow. */
const learntSide = 0;

/** The check/leaks stage. */
export async function keepApart(context: Context): Promise<void> {
  const learnt = await readDataset(context.input('dataset'), 'the dataset');
  const heldOut = await Promise.all(
    context.inputList('heldOut').map(({ name, artifact }) => readDataset(artifact, name)),
  );
  const detector = new LeakDetector();
  const datasets = [learnt, ...heldOut];
  const homes = new Map<Digest, Dataset>();
  for (const [side, dataset] of datasets.entries())
    for await (const record of dataset.records()) {
      detector.add(Math.min(side, 1), record);
      if (!homes.has(record.imageDigest)) homes.set(record.imageDigest, dataset);
    }
  const pictures =
    context.params.nearDuplicates === 'ignore' ? undefined : await lookAt(detector, homes, context);
  const leaks = detector.find(pictures?.of);

  const held = heldOut.map(({ label }) => label).join(', ');
  tellLeaks(
    leaks.all.filter(({ kind }) => actionFor(kind, context.params) !== 'drop'),
    ['to learn from', `held out in ${held}`],
    {
      warn: (message) => context.warn(message),
      severity: (kind) => (actionFor(kind, context.params) === 'warn' ? 'warn' : 'error'),
      hint: (kinds) => [
        ...(kinds.includes('same-group')
          ? ['Where groups of two imports only happen to be called alike, give each import a `name`.']
          : []),
        `Take such images out of one side, or write ${kinds.map((kind) => `\`${paramOf(kind)}: drop\``).join(', ')} to take them out of the side that is learnt from.`,
      ],
    },
  );

  const dropping = leakKinds.filter((kind) => actionFor(kind, context.params) === 'drop');
  const writer = new DatasetWriter(context.output('dataset'), learnt.header);
  const dropped = new Map<LeakKind, number>();
  for await (const record of learnt.records()) {
    context.signal.throwIfAborted();
    const why = dropping.find((kind) => leaks.affects(kind, learntSide, record));
    if (why === undefined) await writer.add(record);
    else dropped.set(why, (dropped.get(why) ?? 0) + 1);
  }
  for (const [kind, count] of dropped)
    context.warn(
      `${count} ${count === 1 ? 'image is' : 'images are'} left out (\`${paramOf(kind)}: drop\`): ${namesOf(leaks.all, kind)}.`,
    );
  if (writer.imageCount === 0 && learnt.header.imageCount > 0)
    throw new UserError(
      `No image is left of ${learnt.header.imageCount}: all of them are held out in ${held}.`,
      {
        hint: 'Look at what the two sides are made of: they come from the same images or groups.',
      },
    );
  await writer.finish();
  await passOnLearntImages(learnt.artifact, context.output('dataset'));
  context.metric('images', writer.imageCount);
  context.metric('leaks', leaks.all.length);
}

async function lookAt(
  detector: LeakDetector,
  homes: ReadonlyMap<Digest, Dataset>,
  context: Context,
): Promise<PictureHashes> {
  const locate = (digest: Digest): string => {
    const home = homes.get(digest);
    if (!home) throw new Error(`no dataset has the image ${digest}`);
    return home.artifact.locate({ digest });
  };
  const pictures = await hashPictures(detector.contents(), locate, {
    host: context.host,
    signal: context.signal,
    onHashed: (done) => {
      if (done % 100 === 0) context.progress({ done, total: homes.size, unit: 'images' });
    },
  });
  if (pictures.unreadable.size > 0)
    context.warn(
      `${pictures.unreadable.size} images cannot be decoded, so near-duplicates were not looked for among them.`,
    );
  return pictures;
}

function actionFor(kind: LeakKind, params: LeaksParams): 'error' | 'drop' | 'warn' {
  const action = params[paramOf(kind)];
  return action === 'ignore' ? 'warn' : action;
}

const paramNames = {
  'same-image': 'sameImage',
  'same-group': 'sameGroup',
  'near-duplicate': 'nearDuplicates',
} as const satisfies Record<LeakKind, keyof LeaksParams>;

function paramOf(kind: LeakKind): (typeof paramNames)[LeakKind] {
  return paramNames[kind];
}

function namesOf(leaks: readonly Leak[], kind: LeakKind): string {
  const names = leaks
    .filter((leak) => leak.kind === kind)
    .map(({ pair }) => {
      const [mine, theirs] = [...pair].sort((a, b) => a.side - b.side);
      return `"${mine?.id ?? ''}" for "${theirs?.id ?? ''}"`;
    });
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
}
