import { open } from 'node:fs/promises';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Length and name before a chunk's data, its checksum after it. */
const chunkFrameBytes = 12;
/** Of `acTL`: its name comes at 4, the number of frames at 8. */
const headBytes = 12;

/**
 * The pictures in a PNG file: more than one in an animated PNG, whose `acTL` chunk stands before the first pixels
 * (PNG 3rd edition, 11.3.3.1). The decoder does not tell, for it only knows the first picture.
 * @param image a path or the file's content
 */
export async function pngFrameCount(image: string | Uint8Array): Promise<number> {
  if (typeof image !== 'string')
    return frameCount((offset) => Promise.resolve(Buffer.from(image.subarray(offset, offset + headBytes))));
  const file = await open(image);
  try {
    return await frameCount(async (offset) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, offset);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await file.close();
  }
}

/** Goes from chunk to chunk; reads their heads only. */
async function frameCount(headAt: (offset: number) => Promise<Buffer>): Promise<number> {
  if (!(await headAt(0)).subarray(0, signature.length).equals(signature)) return 1;
  for (let offset = signature.length; ;) {
    const head = await headAt(offset);
    if (head.length < headBytes) return 1;
    const name = head.toString('latin1', 4, 8);
    if (name === 'acTL') return Math.max(1, head.readUInt32BE(8));
    if (name === 'IDAT') return 1;
    offset += head.readUInt32BE(0) + chunkFrameBytes;
  }
}
