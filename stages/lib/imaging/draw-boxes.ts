import { escapeXml } from '../../../pipeline/core/escape-xml.js';
import type { BoxXyxyPx } from '../dataset/record.js';

/** A box to draw over a picture. */
export interface DrawnBox {
  /** In pixels of the picture as it is stored, not as it is shown. */
  readonly box: BoxXyxyPx;
  /** Written above the box; an empty one is left out. */
  readonly label: string;
  /** Any CSS colour. */
  readonly colour: string;
  /** For what is less certain than the rest: a guess beside the truth. */
  readonly dashed?: boolean;
}

/** The line's width in pixels of the shown picture: thin enough for a tile of a contact sheet. */
const lineWidthPx = 2;
const fontSizePx = 11;

/**
 * A picture with boxes and their names over it, as PNG, scaled down (never up) so that its longer side has
 * at most `maxSidePx`.
 * @param image a path, or an encoded picture
 * @throws sharp's error when the picture cannot be decoded
 */
export async function drawBoxes(
  image: string | Buffer,
  boxes: readonly DrawnBox[],
  options: { readonly maxSidePx: number },
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const { width, height } = await sharp(image).metadata();
  const scale = Math.min(1, options.maxSidePx / Math.max(width, height));
  const shownWidth = Math.max(1, Math.round(width * scale));
  const shownHeight = Math.max(1, Math.round(height * scale));
  const overlay = Buffer.from(boxesAsSvg(boxes, { width: shownWidth, height: shownHeight, scale }));
  return sharp(image)
    .resize(shownWidth, shownHeight, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .composite([{ input: overlay, left: 0, top: 0 }])
    .png({ compressionLevel: 3 })
    .toBuffer();
}

/** The boxes alone as an SVG picture of the shown size. Labels stay inside the picture. */
export function boxesAsSvg(
  boxes: readonly DrawnBox[],
  shown: { readonly width: number; readonly height: number; readonly scale: number },
): string {
  const parts = boxes.map(({ box, label, colour, dashed }) => {
    const [xmin, ymin, xmax, ymax] = box.map((value) => value * shown.scale) as [
      number,
      number,
      number,
      number,
    ];
    const paint = escapeXml(colour);
    const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
    const rectangle =
      `<rect x="${round(xmin)}" y="${round(ymin)}" width="${round(xmax - xmin)}" ` +
      `height="${round(ymax - ymin)}" fill="none" stroke="${paint}" stroke-width="${lineWidthPx}"${dashes}/>`;
    return label === '' ? rectangle : rectangle + labelAsSvg(label, paint, xmin, ymin, shown);
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${shown.width}" height="${shown.height}">` +
    `${parts.join('')}</svg>`
  );
}

function labelAsSvg(
  label: string,
  paint: string,
  xmin: number,
  ymin: number,
  shown: { readonly width: number },
): string {
  const widthPx = label.length * fontSizePx * 0.6 + 4;
  const heightPx = fontSizePx + 3;
  const left = Math.max(0, Math.min(xmin, shown.width - widthPx));
  const top = Math.max(0, ymin - heightPx);
  return (
    `<rect x="${round(left)}" y="${round(top)}" width="${round(widthPx)}" height="${heightPx}" ` +
    `fill="${paint}" fill-opacity="0.8"/>` +
    `<text x="${round(left + 2)}" y="${round(top + fontSizePx)}" font-size="${fontSizePx}" ` +
    `font-family="DejaVu Sans, Arial, sans-serif" fill="white">${escapeXml(label)}</text>`
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
