import { access } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { hasErrorCode } from '../../../pipeline/core/error-code.js';
import { nearestName } from '../../../pipeline/core/nearest-name.js';
import { annotationError, placeText, type AnnotationPlace } from './annotation-place.js';
import type { CountedNotes } from './counted-notes.js';
import type { FileTree } from './file-tree.js';
import { imageName } from './image-files.js';
import { leavesThroughLink, outsideError, pathBelow } from './inside-path.js';
import { optionWords } from './option-words.js';

export interface FoundImage {
  /** Relative to the images' folder. */
  readonly name: string;
  readonly path: string;
}

export interface FindRules {
  /** Whether paths and links may lead out of the images' folder. */
  readonly allowOutside: boolean;
  readonly missing: 'error' | 'skip';
}

/** Finds the image that an annotation means: by its path, else by the one file whose path ends so. */
export class ImageFinder {
  /** Images below the folder, sorted. */
  readonly names: readonly string[];
  readonly #byName = new Map<string, string[]>();
  readonly #byStem = new Map<string, string[]>();
  readonly #used = new Set<string>();

  constructor(
    readonly tree: FileTree,
    private readonly rules: FindRules,
    private readonly notes: CountedNotes,
  ) {
    this.names = tree.matching(imageName);
    const add = (map: Map<string, string[]>, key: string, name: string): void => {
      const names = map.get(key);
      if (names) names.push(name);
      else map.set(key, [name]);
    };
    for (const name of this.names) {
      const base = posix.basename(name);
      add(this.#byName, base, name);
      add(this.#byStem, base.slice(0, base.lastIndexOf('.')), name);
    }
  }

  /** How many images of the folder nobody asked for. */
  get unusedCount(): number {
    return this.names.length - this.#used.size;
  }

  /** One of them. */
  get unusedExample(): string | undefined {
    return this.names.find((name) => !this.#used.has(name));
  }

  /**
   * @returns undefined for an image that is missing where that is to be counted
   * @throws UserError with the place: it is missing, several files fit, or it lies outside
   */
  async find(written: string, place: AnnotationPlace): Promise<FoundImage | undefined> {
    const below = pathBelow(this.tree.folder, written);
    if (below === undefined) return this.#outside(written, place);
    const name = this.#match(below, written, place);
    if (name === undefined) return this.#missing(written, place);
    const path = join(this.tree.folder, name);
    try {
      if (!this.rules.allowOutside && (await leavesThroughLink(this.tree.folder, path)))
        throw outsideError(written, this.tree.folder, place);
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return this.#missing(written, place);
      throw error;
    }
    this.#used.add(name);
    return { name, path };
  }

  #match(below: string, written: string, place: AnnotationPlace): string | undefined {
    if (this.tree.has(below)) return below;
    const base = posix.basename(below);
    const fits = [
      (this.#byName.get(base) ?? []).filter((name) => name.endsWith(`/${below}`)),
      this.#byName.get(base) ?? [],
      imageName.test(base)
        ? []
        : (this.#byStem.get(base) ?? []).filter((name) => `/${stemOf(name)}`.endsWith(`/${below}`)),
    ];
    const [first, second] = fits.find((names) => names.length > 0) ?? [];
    if (second !== undefined)
      throw annotationError(
        place,
        `"${written}" may be ${first} or ${second}.`,
        'Write the path below the images’ folder, or name a smaller folder.',
      );
    return first;
  }

  /** An allowed path outside must be one of the tree's files by another name, or is read where it lies. */
  async #outside(written: string, place: AnnotationPlace): Promise<FoundImage | undefined> {
    if (!this.rules.allowOutside) throw outsideError(written, this.tree.folder, place);
    const path = posix.resolve(this.tree.folder, written.replaceAll('\\', '/'));
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) return this.#missing(written, place);
    return { name: posix.basename(path), path };
  }

  #missing(written: string, place: AnnotationPlace): undefined {
    if (this.rules.missing === 'skip') {
      this.notes.count('{n} images are left out because their files are missing', placeText(place));
      return undefined;
    }
    const near = nearestName(posix.basename(written), this.#byName.keys());
    throw annotationError(
      place,
      `there is no image "${written}" below ${this.tree.folder}.${near === undefined ? '' : ` Is "${near}" meant?`}`,
      `Name the folder of the images, ${optionWords('images')}, or say ${optionWords('missing', 'skip')} to leave such images out.`,
    );
  }
}

function stemOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}
