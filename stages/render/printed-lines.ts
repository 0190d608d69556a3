import { open } from 'node:fs/promises';

const readBytes = 16 * 1024;

/** Progress lines, and what Blender says on every good day. */
export function isNoise(line: string): boolean {
  return (
    line.trim() === '' ||
    /^(Fra:|Saved:|\s*Time:|Blender \d|Blender quit|Read prefs|Info: |Read blend:|Color management)/.test(
      line,
    ) ||
    /^Error: Not freed memory blocks/.test(line)
  );
}

/** The last telling lines of a file that a process printed into; none when there is no such file. */
export async function lastLinesOf(path: string, count: number): Promise<readonly string[]> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - readBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    return lines.filter((line) => !isNoise(line)).slice(-count);
  } finally {
    await handle.close();
  }
}
