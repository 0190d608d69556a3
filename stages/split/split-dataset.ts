import { UserError } from '../../pipeline/core/user-error.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { DatasetWriter } from '../lib/dataset/dataset-writer.js';
import { passOnLearntImages } from '../lib/dataset/learnt-images.js';
import { readDataset, type Dataset } from '../lib/dataset/dataset.js';
import { LeakDetector } from '../lib/dataset/leaks.js';
import { hashPictures, type PictureHashes } from '../lib/dataset/picture-hashes.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { tellLeaks } from '../lib/dataset/tell-leaks.js';
import { similarPictures } from '../lib/imaging/similar-pictures.js';
import { assignGroups, fillOrder, splitNames, type SplitName, type SplitSizes } from './assign-groups.js';
import { splitsByAttribute, splitsByLists, type GivenSplits } from './given-splits.js';
import { groupNamer, keepsSourceGroups } from './group-names.js';
import { LinkedGroups } from './linked-groups.js';
import type { SplitParams } from './params.js';
import { splitSizes } from './split-sizes.js';
import { Strata } from './strata.js';

type Context = StageContext<SplitParams>;

/** The split stage: two passes over the records, of which only names are kept between them. */
export async function splitDataset(context: Context): Promise<void> {
  const { params } = context;
  const sizes = splitSizes(params);
  const dataset = await readDataset(context.input('dataset'), 'the dataset to split');
  const groupOf = groupNamer(params.by, dataset.label);
  const given = await givenSplits(context);

  const linked = new LinkedGroups();
  const contents = new LeakDetector();
  const imagesOfGroup = new Map<string, number>();
  for await (const record of dataset.records()) {
    const group = groupOf(record);
    linked.add(group, record.imageDigest);
    contents.add(0, record);
    imagesOfGroup.set(group, (imagesOfGroup.get(group) ?? 0) + 1);
  }
  if (linked.linkCount > 0)
    context.warn(
      `${linked.linkCount} groups share an image with another group; they are kept in one split with it.`,
    );
  const pictures = params.nearDuplicates === 'ignore' ? undefined : await lookAt(contents, dataset, context);
  if (pictures && params.nearDuplicates === 'together') keepTogether(linked, pictures, context);

  const placing = await placeSets(context, dataset, {
    given,
    sizes,
    setOf: (record) => linked.find(groupOf(record)),
  });
  const writers: Record<SplitName, DatasetWriter> = {
    train: new DatasetWriter(context.output('train'), dataset.header),
    validation: new DatasetWriter(context.output('validation'), dataset.header),
    test: new DatasetWriter(context.output('test'), dataset.header),
  };
  const leaks = new LeakDetector();
  let [done, leftOut] = [0, 0];
  for await (const record of dataset.records()) {
    const name = placing.splitOf(record);
    if (name === undefined) leftOut += 1;
    else {
      await writers[name].add(record);
      leaks.add(splitNames.indexOf(name), record);
    }
    if (++done % 500 === 0) context.progress({ done, total: dataset.header.imageCount, unit: 'images' });
    context.signal.throwIfAborted();
  }
  if (leftOut > 0) context.warn(`${leftOut} images are in no split, because ${placing.whyLeftOut}.`);
  for (const name of splitNames)
    if (params[name] !== 0 && writers[name].imageCount === 0)
      throw emptySplit(name, params, imagesOfGroup.size, dataset);
  tell(leaks, pictures, context);
  for (const name of splitNames) {
    await writers[name].finish();
    await passOnLearntImages(context.input('dataset'), context.output(name));
    context.metric(`${name}/images`, writers[name].imageCount);
    context.metric(`${name}/objects`, writers[name].objectCount);
  }
}

async function givenSplits(context: Context): Promise<GivenSplits | undefined> {
  const { given } = context.params;
  if (!given) return undefined;
  if (given.attribute !== undefined) return splitsByAttribute(given.attribute, given.values);
  const lists = splitNames.flatMap((split) =>
    context.sources(split).map(({ path, name }) => ({ split, path, name })),
  );
  return splitsByLists(lists);
}

async function lookAt(contents: LeakDetector, dataset: Dataset, context: Context): Promise<PictureHashes> {
  const pictures = await hashPictures(contents.contents(), (digest) => dataset.artifact.locate({ digest }), {
    host: context.host,
    signal: context.signal,
    onHashed: (done) => {
      const total = dataset.header.imageCount;
      if (done % 100 === 0)
        context.progress({ done, total, unit: 'images', note: 'looking for near-duplicates' });
    },
  });
  if (pictures.unreadable.size > 0)
    context.warn(
      `${pictures.unreadable.size} images cannot be decoded, so near-duplicates were not looked for among them.`,
    );
  return pictures;
}

function keepTogether(linked: LinkedGroups, { of }: PictureHashes, context: Context): void {
  const before = linked.linkCount;
  const digests = [...of.keys()];
  const { clusters, pairs } = similarPictures([...of.values()]);
  const link = (a: number | undefined, b: number | undefined): void => {
    const [one, other] = [digests[a ?? -1], digests[b ?? -1]];
    if (one !== undefined && other !== undefined) linked.linkContents(one, other);
  };
  for (const cluster of clusters) for (const member of cluster) link(cluster[0], member);
  for (const [a, b] of pairs) link(clusters[a]?.[0], clusters[b]?.[0]);
  const links = linked.linkCount - before;
  if (links > 0)
    context.warn(
      `${links} groups hold an image that looks like one of another group; they are kept in one split with it.`,
    );
}

/** Decides for every set of linked groups, and for every image that came with a split. */
async function placeSets(
  context: Context,
  dataset: Dataset,
  how: {
    readonly given: GivenSplits | undefined;
    readonly sizes: SplitSizes;
    readonly setOf: (record: DatasetRecord) => string;
  },
): Promise<{ splitOf(record: DatasetRecord): SplitName | undefined; whyLeftOut: string }> {
  const { given, sizes, setOf } = how;
  const { params } = context;
  const strata = params.stratify && new Strata(params.stratify);
  const free = new Map<string, number>();
  const pinned = new Map<string, Set<SplitName>>();
  const givenCounts: Record<SplitName, number> = { train: 0, validation: 0, test: 0 };
  let nobodys = 0;
  for await (const record of dataset.records()) {
    const set = setOf(record);
    const split = given?.of(record);
    if (split !== undefined) {
      givenCounts[split] += 1;
      pinned.set(set, (pinned.get(set) ?? new Set()).add(split));
      continue;
    }
    if (given) nobodys += 1;
    if (given && params.given?.others === 'error')
      throw new UserError(`Image "${record.id}" of ${dataset.label} was put in no split.`, {
        hint: 'Write `others: assign` or `others: leave-out` under `given`, or list the image.',
      });
    free.set(set, (free.get(set) ?? 0) + 1);
    strata?.add(set, record);
  }
  tellGiven(context, given, nobodys, dataset.header.imageCount);
  for (const set of pinned.keys()) free.delete(set);
  if (strata && strata.withoutAttribute > 0)
    context.warn(`${strata.withoutAttribute} times an image lacks an attribute that \`stratify\` names.`);
  const assigned = assignGroups(free, roomBeside(sizes, givenCounts), context.seed, strata?.strata());
  const leavesOut = params.given?.others === 'leave-out';
  return {
    splitOf(record) {
      const own = given?.of(record);
      if (own !== undefined || leavesOut) return own;
      const set = setOf(record);
      const mates = pinned.get(set);
      return mates ? fillOrder.find((name) => mates.has(name)) : assigned.get(set);
    },
    whyLeftOut: leavesOut
      ? 'nobody put them in one (`others: leave-out`)'
      : 'the counts leave no room for their groups',
  };
}

function tellGiven(
  context: Context,
  given: GivenSplits | undefined,
  nobodys: number,
  imageCount: number,
): void {
  if (!given) return;
  const unused = given.unusedLines();
  if (unused.length > 0)
    context.warn(
      `${unused.length} lines of the list files name no image of the dataset: ${unused.slice(0, 5).join(', ')}${unused.length > 5 ? ', …' : ''}.`,
    );
  if (nobodys === imageCount && imageCount > 0)
    throw new UserError('No image was put in a split: `given` finds none.', {
      hint: 'Look at the names in the lists, or at the attribute’s name, or leave `given` out.',
    });
  if (nobodys > 0 && context.params.given?.others === 'assign')
    context.warn(`${nobodys} images came without a split; they are split by the sizes.`);
}

/** Counts are of whole splits: images that came with one take up room. */
function roomBeside(sizes: SplitSizes, taken: Readonly<Record<SplitName, number>>): SplitSizes {
  if (sizes.by === 'share') return sizes;
  const left = (name: SplitName): number | 'rest' => {
    const count = sizes.counts[name];
    return count === 'rest' ? count : Math.max(0, count - taken[name]);
  };
  return {
    by: 'count',
    counts: { train: left('train'), validation: left('validation'), test: left('test') },
  };
}

function tell(leaks: LeakDetector, pictures: PictureHashes | undefined, context: Context): void {
  const { params } = context;
  tellLeaks(leaks.find(pictures?.of).all, splitNames, {
    warn: (message) => context.warn(message),
    severity(kind) {
      if (kind === 'near-duplicate') return params.nearDuplicates === 'warn' ? 'warn' : 'error';
      // Whoever names another way of grouping decided what may be apart; it is still told.
      if (kind === 'same-group' && !keepsSourceGroups(params.by)) return 'warn';
      return params.leaks;
    },
    hint: (kinds) =>
      kinds.map((kind) =>
        kind === 'near-duplicate'
          ? params.nearDuplicates === 'together'
            ? 'Both came with their split, which `together` does not change: mend the given splits, or write `nearDuplicates: warn` to live with it.'
            : 'Write `nearDuplicates: together` to keep such images in one split, or `warn` to live with them.'
          : 'The given splits overlap: mend their lists, or write `leaks: warn` to live with it.',
      ),
  });
}

function emptySplit(name: SplitName, wanted: SplitParams, groupCount: number, dataset: Dataset): UserError {
  return new UserError(
    `No image fell into the ${name} set: ${dataset.header.imageCount} images in ${groupCount} groups, ` +
      `of which ${name} was to take ${wanted[name]}.`,
    {
      hint: `Groups are never cut. Give ${name} a larger share or a count of images, add images, or write \`${name}: 0\` to go without.`,
    },
  );
}
