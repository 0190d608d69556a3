import type { DatasetRecord } from '../lib/dataset/record.js';
import { drawOf } from '../lib/dataset/sample-contents.js';
import type { SelectParams } from './params.js';

type Quotas = Pick<SelectParams, 'perSource' | 'perClass' | 'perValue' | 'limit'>;

interface Candidate {
  readonly id: string;
  readonly draw: number;
  /** Sources and values with an upper bound that the image counts for. */
  readonly bounded: readonly (readonly [name: string, most: number])[];
  readonly classes: readonly string[];
}

/**
 * Picks images by number: in the order of their hash, each is taken when no upper bound (source, value of an
 * attribute) is reached, and, where classes are counted, when one of its classes still wants images. Which are picked
 * depends on the seed and on contents, not on the order in which images come.
 */
export class ImageQuotas {
  readonly #candidates: Candidate[] = [];

  constructor(
    private readonly quotas: Quotas,
    private readonly seed: number,
  ) {}

  get isBounded(): boolean {
    const { perSource, perClass, perValue, limit } = this.quotas;
    return (
      [perSource, perClass, limit].some((count) => count !== undefined) || Object.keys(perValue).length > 0
    );
  }

  add(record: DatasetRecord): void {
    const { perSource, perValue } = this.quotas;
    this.#candidates.push({
      id: record.id,
      draw: drawOf('select', record.imageDigest, this.seed),
      bounded: [
        ...(perSource === undefined ? [] : [[`source ${record.source.dataset}`, perSource] as const]),
        ...Object.entries(perValue).map(
          ([name, most]) => [`${name} ${JSON.stringify(record.attributes[name] ?? null)}`, most] as const,
        ),
      ],
      classes:
        this.quotas.perClass === undefined ? [] : [...new Set(record.objects.map((object) => object.class))],
    });
  }

  /** @returns the ids of the images that are taken */
  picked(): ReadonlySet<string> {
    const { perClass, limit = Infinity } = this.quotas;
    const counts = new Map<string, number>();
    const count = (name: string): number => counts.get(name) ?? 0;
    const picked = new Set<string>();
    const ordered = this.#candidates.sort((a, b) => a.draw - b.draw || (a.id < b.id ? -1 : 1));
    for (const { id, bounded, classes } of ordered) {
      if (picked.size >= limit) break;
      if (bounded.some(([name, most]) => count(name) >= most)) continue;
      if (perClass !== undefined && !classes.some((name) => count(`class ${name}`) < perClass)) continue;
      for (const name of [...bounded.map(([each]) => each), ...classes.map((each) => `class ${each}`)])
        counts.set(name, count(name) + 1);
      picked.add(id);
    }
    return picked;
  }
}
