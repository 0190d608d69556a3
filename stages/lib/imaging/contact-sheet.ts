import { escapeXml } from '../../../pipeline/core/escape-xml.js';

/** One picture of a contact sheet. */
export interface Tile {
  /** A path, or an encoded picture. */
  readonly image: Buffer | string;
  /** Written below the picture. */
  readonly label?: string;
}

const gapPx = 6;
const labelHeightPx = 16;

/**
 * Pictures side by side in rows, as JPEG unless said otherwise: every tile has the same width, and the height of the tallest one.
 * @param tiles at least one
 * @throws RangeError without tiles; sharp's error when a picture cannot be decoded
 */
export async function contactSheet(
  tiles: readonly Tile[],
  options: {
    readonly columns: number;
    readonly tileWidthPx: number;
    readonly format?: 'jpeg' | 'png';
  },
): Promise<Buffer> {
  if (tiles.length === 0) throw new RangeError('A contact sheet needs at least one picture.');
  const { default: sharp } = await import('sharp');
  const columns = Math.max(1, Math.min(options.columns, tiles.length));
  const pictures: { data: Buffer; height: number }[] = [];
  for (const tile of tiles) {
    const { data, info } = await sharp(tile.image)
      .resize({ width: options.tileWidthPx })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .png({ compressionLevel: 1 })
      .toBuffer({ resolveWithObject: true });
    pictures.push({ data, height: info.height });
  }
  const labelled = tiles.some((tile) => tile.label !== undefined);
  const tileHeightPx = Math.max(...pictures.map((picture) => picture.height));
  const rowHeightPx = tileHeightPx + (labelled ? labelHeightPx : 0);
  const rows = Math.ceil(tiles.length / columns);
  const left = (index: number): number => gapPx + (index % columns) * (options.tileWidthPx + gapPx);
  const top = (index: number): number => gapPx + Math.floor(index / columns) * (rowHeightPx + gapPx);
  const width = gapPx + columns * (options.tileWidthPx + gapPx);
  const height = gapPx + rows * (rowHeightPx + gapPx);
  const labels = tiles.map((tile, index) =>
    tile.label === undefined
      ? ''
      : `<text x="${left(index)}" y="${top(index) + tileHeightPx + 12}">${escapeXml(tile.label)}</text>`,
  );
  const overlay =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-size="11" ` +
    `font-family="DejaVu Sans, Arial, sans-serif" fill="#444">${labels.join('')}</svg>`;
  const sheet = sharp({ create: { width, height, channels: 3, background: 'white' } }).composite([
    ...pictures.map((picture, index) => ({ input: picture.data, left: left(index), top: top(index) })),
    { input: Buffer.from(overlay), left: 0, top: 0 },
  ]);
  return (options.format === 'png' ? sheet.png() : sheet.jpeg({ quality: 85 })).toBuffer();
}
