/** An instance mask: one number a pixel, rows from the top, 0 = nothing. */
export interface InstanceMask {
  readonly width: number;
  readonly height: number;
  /** [height · width] */
  readonly instances: Uint16Array;
}

/**
 * Decodes a 16-bit grey PNG without losing a bit.
 * @param image a path, or the encoded file
 * @throws TypeError when it is a picture of another kind; sharp's error when it cannot be decoded
 */
export async function decodeMask(image: string | Buffer): Promise<InstanceMask> {
  const { default: sharp } = await import('sharp');
  const picture = sharp(image, { failOn: 'error' });
  const { depth, channels } = await picture.metadata();
  if (depth !== 'ushort' || channels !== 1)
    throw new TypeError(
      `a mask is a grey PNG of 16 bits, this one has ${channels} channels of type ${depth}`,
    );
  const { data, info } = await picture
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const instances = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height);
  return { width: info.width, height: info.height, instances };
}
