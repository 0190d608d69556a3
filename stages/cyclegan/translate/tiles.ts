/** A part of an image, in pixels. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts an image into tiles of at most `most` pixels a side that overlap, all of one size; a single one where it fits.
 * @param most a multiple of 4 above twice the overlap
 */
export function tilesOf(width: number, height: number, most: number, overlap: number): Tile[] {
  const columns = starts(width, most, overlap);
  const rows = starts(height, most, overlap);
  return rows.flatMap((top) =>
    columns.map((left) => ({ left, top, width: Math.min(width, most), height: Math.min(height, most) })),
  );
}

function starts(length: number, most: number, overlap: number): number[] {
  if (length <= most) return [0];
  const count = Math.ceil((length - overlap) / (most - overlap));
  return Array.from({ length: count }, (_, n) => Math.round((n * (length - most)) / (count - 1)));
}

/**
 * How much a tile's pixel counts along one axis where tiles overlap: rising from the tile's edge over the overlap, all of
 * it inside and at the image's own edge.
 * @param place pixels from the tile's start
 */
export function tileWeight(
  place: number,
  start: number,
  size: number,
  length: number,
  overlap: number,
): number {
  const before = start === 0 ? Infinity : place + 1;
  const after = start + size === length ? Infinity : size - place;
  return Math.min(1, before / (overlap + 1), after / (overlap + 1));
}
