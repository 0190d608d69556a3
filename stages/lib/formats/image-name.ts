import type { ImageRecord } from './annotation.js';
import type { CountedNotes } from './counted-notes.js';

/** A record's image as other programs name it: its path without our `images/`. */
export function imageNameOf(record: ImageRecord): string {
  return record.image.replace(/^images\//, '');
}

/** `train/a.jpg` → `train/a`. */
export function withoutExtension(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > name.lastIndexOf('/') + 1 ? name.slice(0, dot) : name;
}

/**
 * Names for formats that keep one text file an image, called like it: `a.jpg` and `a.png` would both need `a.txt`,
 * so the second one becomes `a~2.png`, and that is counted.
 */
export class StemNames {
  readonly #used = new Set<string>();

  constructor(private readonly notes: CountedNotes) {}

  claim(record: ImageRecord): { readonly image: string; readonly stem: string } {
    const image = imageNameOf(record);
    const stem = withoutExtension(image);
    let free = stem;
    for (let n = 2; this.#used.has(free.toLowerCase()); n++) free = `${stem}~${n}`;
    this.#used.add(free.toLowerCase());
    if (free !== stem)
      this.notes.count(
        '{n} images get another name, because one that differs only in its extension or case is there',
        image,
      );
    return { image: `${free}${image.slice(stem.length)}`, stem: free };
  }
}
