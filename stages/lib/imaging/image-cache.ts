import { decodeImage, type RgbImage } from './decode-image.js';

/** An image's file, and what people call it. */
export interface StoredImage {
  readonly id: string;
  readonly path: string;
}

/** Decoded images, in memory that workers share; the oldest go when there are too many bytes. */
export class ImageCache {
  readonly #images = new Map<string, Promise<RgbImage>>();
  readonly #bytes = new Map<string, number>();
  #total = 0;

  /** @param atMost images that are larger are shrunk until they fit */
  constructor(
    readonly atMost: { readonly width: number; readonly height: number },
    readonly limitBytes = 2 * 1024 ** 3,
  ) {}

  get(image: StoredImage): Promise<RgbImage> {
    const known = this.#images.get(image.path);
    if (known) return known;
    const loading = decodeImage(image.path, image.id, this.atMost).then((decoded) => {
      this.#account(image.path, decoded.data.length);
      return { ...decoded, data: shared(decoded.data) };
    });
    this.#images.set(image.path, loading);
    return loading;
  }

  #account(path: string, bytes: number): void {
    this.#bytes.set(path, bytes);
    this.#total += bytes;
    for (const [oldest, size] of this.#bytes) {
      if (this.#total <= this.limitBytes || oldest === path) break;
      this.#bytes.delete(oldest);
      this.#images.delete(oldest);
      this.#total -= size;
    }
  }
}

function shared(data: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(data.length));
  copy.set(data);
  return copy;
}
