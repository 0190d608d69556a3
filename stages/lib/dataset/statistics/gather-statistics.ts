import type { Dataset } from '../dataset.js';
import { drawOf } from '../sample-contents.js';
import { colourStatistics } from './colour-statistics.js';
import { StatisticsBuilder, type DatasetStatistics } from './dataset-statistics.js';

/**
 * The statistics of a dataset: of all its records, and of the colours of so many of its images.
 * @param options.colourImages how many images are opened, chosen by their contents; 0 for none
 */
export async function gatherStatistics(
  dataset: Dataset,
  options: {
    readonly colourImages: number;
    readonly signal: AbortSignal;
    onLooked?(done: number, total: number): void;
  },
): Promise<DatasetStatistics> {
  const builder = new StatisticsBuilder(dataset.header.classes);
  const drawn = new Map<string, { readonly draw: number; readonly locate: () => string }>();
  for await (const record of dataset.records()) {
    options.signal.throwIfAborted();
    builder.add(record);
    const { imageDigest: digest } = record;
    if (options.colourImages > 0 && !drawn.has(digest))
      drawn.set(digest, {
        draw: drawOf('colours', digest, 0),
        locate: () => dataset.artifact.locate({ digest }),
      });
  }
  const statistics = builder.finish();
  if (options.colourImages === 0) return statistics;
  const chosen = [...drawn.values()].sort((a, b) => a.draw - b.draw).slice(0, options.colourImages);
  const colours = await colourStatistics(
    chosen.map(({ locate }) => pathOr(locate)),
    { signal: options.signal, onLooked: (done) => options.onLooked?.(done, chosen.length) },
  );
  return { ...statistics, colours };
}

/** A content that is not there is an unreadable image: it is counted with those. */
function pathOr(locate: () => string): string {
  try {
    return locate();
  } catch {
    return '';
  }
}
