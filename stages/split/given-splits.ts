import { readFile } from 'node:fs/promises';
import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import type { SplitName } from './assign-groups.js';

/** What the usual datasets call their splits. */
const usualNames: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** Says which split an image was put in by whoever made the dataset; undefined where nobody did. */
export interface GivenSplits {
  of(record: DatasetRecord): SplitName | undefined;
  /** Lines of list files that named no image, complete when all records were asked for. */
  unusedLines(): readonly string[];
}

/**
 * Splits by an attribute whose values name them (`split: val`).
 * @param values what values mean that are not among the usual names
 */
export function splitsByAttribute(
  attribute: string,
  values: Readonly<Record<string, SplitName>>,
): GivenSplits {
  const meanings = new Map(Object.entries({ ...usualNames, ...values }));
  return {
    of(record) {
      const value = record.attributes[attribute];
      if (value === undefined) return undefined;
      const split = meanings.get(String(value)) ?? meanings.get(String(value).toLowerCase());
      if (split !== undefined) return split;
      const near = nearestName(String(value), meanings.keys());
      throw new UserError(
        `Image "${record.id}" has ${attribute}: ${JSON.stringify(value)}, which names no split.`,
        {
          hint:
            `Say what it means with \`given.values: { ${JSON.stringify(String(value))}: train }\`.` +
            (near ? ` Is "${near}" meant?` : ''),
        },
      );
    },
    unusedLines: () => [],
  };
}

/** A line of a list file. */
interface ListedImage {
  readonly split: SplitName;
  /** `train.txt line 3` */
  readonly place: string;
  /** The path without its extension, its last part first. */
  readonly parts: readonly string[];
}

/**
 * Splits by list files: a line is an image's id, its file name, or a path to it, as in Pascal VOC's ImageSets and
 * Darknet's train.txt. Where several lines name a file of this name, the one counts whose folders agree the most.
 * @throws UserError for a path that stands in two lists, or, from `of`, an image that two lists name equally well
 */
export async function splitsByLists(
  lists: readonly { readonly split: SplitName; readonly path: string; readonly name: string }[],
): Promise<GivenSplits> {
  const byPath = new Map<string, ListedImage>();
  const byName = new Map<string, ListedImage[]>();
  for (const { split, path, name } of lists) {
    const text = await readFile(path, 'utf8');
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const parts = partsOf(line);
      const [last] = parts;
      if (last === undefined) continue;
      const image = { split, place: `${name} line ${index + 1}`, parts };
      const earlier = byPath.get(parts.join('/'));
      if (earlier && earlier.split !== split)
        throw new UserError(`"${line.trim()}" is in two splits: ${earlier.place} and ${image.place}.`, {
          hint: 'Take it out of one of the lists.',
        });
      if (earlier) continue;
      byPath.set(parts.join('/'), image);
      byName.set(last, [...(byName.get(last) ?? []), image]);
    }
  }
  const used = new Set<ListedImage>();
  return {
    of(record) {
      const best = bestOf([record.image, record.id], byName);
      for (const image of best) used.add(image);
      const [first, other] = [best[0], best.find(({ split }) => split !== best[0]?.split)];
      if (first && other)
        throw new UserError(
          `Image "${record.id}" is named by two lists: ${first.place} and ${other.place}.`,
          { hint: 'Write their paths with the folders in which they differ.' },
        );
      return first?.split;
    },
    unusedLines: () =>
      [...byPath.values()]
        .filter((image) => !used.has(image))
        .map(({ parts, place }) => `"${[...parts].reverse().join('/')}" (${place})`),
  };
}

/** The lines that share the most trailing parts with one of the names. */
function bestOf(
  names: readonly string[],
  byName: ReadonlyMap<string, readonly ListedImage[]>,
): readonly ListedImage[] {
  let [best, most]: [ListedImage[], number] = [[], 0];
  for (const name of names) {
    const parts = withoutExtension(name).split('/').reverse();
    for (const image of byName.get(parts[0] ?? '') ?? []) {
      const differing = image.parts.findIndex((part, place) => part !== parts[place]);
      const common = differing < 0 ? image.parts.length : differing;
      if (common > most) [best, most] = [[image], common];
      else if (common === most && !best.includes(image)) best.push(image);
    }
  }
  return best;
}

/** VOC writes `id` or `id -1`, others a path with an extension, with blanks or without. */
function partsOf(line: string): readonly string[] {
  const text = line.trim();
  const flagged = /^(\S+)\s+-?[01]$/.exec(text);
  const path = withoutExtension((flagged?.[1] ?? text).replaceAll('\\', '/'));
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .reverse();
}

function withoutExtension(path: string): string {
  return path.replace(/\.(?:jpe?g|png|bmp|tiff?|webp|gif|txt|xml)$/i, '');
}
