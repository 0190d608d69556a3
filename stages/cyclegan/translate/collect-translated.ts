import type { ArtifactFile } from '../../../pipeline/stage/artifact.js';
import type { ItemResult, StageContext } from '../../../pipeline/stage/context.js';
import { DatasetWriter } from '../../lib/dataset/dataset-writer.js';
import { datasetHeaderSchema } from '../../lib/dataset/record.js';
import { passOnLearntImages, writeLearntImages } from '../../lib/dataset/learnt-images.js';
import { UniqueNames } from '../../lib/dataset/unique-names.js';
import { readHeader } from '../generator-header.js';
import { reasonsAgainst } from '../guard/judgement.js';
import { showDistance } from './show-distance.js';
import { GuardReport } from './guard-report.js';
import type { TranslateItem, TranslateParams } from './params.js';
import { versionFile, type Translation } from './translate-batch.js';

type Context = StageContext<TranslateParams>;

/** Gathers the translated dataset: annotations come from the record of each image, whatever its file is called. */
export async function collectTranslated(
  results: AsyncIterable<ItemResult<TranslateItem>>,
  context: Context,
): Promise<void> {
  const { guard } = context.params;
  const output = context.output('dataset');
  const header = datasetHeaderSchema.parse(
    JSON.parse(await context.input('dataset').readText('dataset.json')),
  );
  const writer = new DatasetWriter(output, { classes: header.classes });
  const ids = new UniqueNames();
  const paths = new UniqueNames((name) => name.toLowerCase());
  const report = new GuardReport(context.params.versions);
  const accepted: ArtifactFile[] = [];
  const originals: ArtifactFile[] = [];
  let tiled = 0;
  for await (const { item, files, value } of results) {
    const { record } = item;
    const { versions, tiles } = value as Translation;
    if (tiles > 1) tiled++;
    const original = { path: record.image, digest: record.imageDigest, sizeBytes: record.imageBytes };
    originals.push(original);
    let replaced = false;
    for (const [version, measures] of versions.entries()) {
      const file = files.find(({ path }) => path === versionFile(version));
      if (!file) throw new Error(`version ${version + 1} of image ${item.id} has no file`);
      const reasons = reasonsAgainst(measures, guard);
      report.add({ id: item.id, version, original, translated: file, measures, reasons });
      if (reasons.length > 0) {
        // One original stands for all rejected versions of an image.
        if (guard.rejected === 'drop' || replaced) continue;
        replaced = true;
        const stays = { id: ids.claim(record.id), image: paths.claim(record.image, true) };
        await writer.add({ ...record, ...stays });
        continue;
      }
      accepted.push(file);
      await writer.add({
        ...record,
        id: ids.claim(record.id),
        image: paths.claim(record.image.replace(/\.[^./]*$/, '.png'), true),
        imageDigest: file.digest,
        imageBytes: file.sizeBytes,
      });
    }
  }
  await writer.finish();
  const { encoder, mode } = await readHeader(context.input('generator'));
  if (encoder)
    // What the encoder is shown is in what comes of it, too.
    await writeLearntImages(output, { train: context.input('target'), validation: [] }, [
      context.input('generator'),
    ]);
  else await passOnLearntImages(context.input('generator'), output);
  if (tiled > 0)
    context.warn(
      `${tiled} images are larger than ${context.params.memoryMb} MB allow and were translated in tiles, which may differ in tone. A larger memoryMb avoids it.`,
    );
  if (originals.length === 0) {
    context.warn('The dataset holds no images: there was nothing to translate.');
    return;
  }
  await report.show(context, mode);
  if (context.hasInput('target') && context.params.distanceImages > 0)
    await showDistance(context, originals, accepted);
}
