import { open } from 'node:fs/promises';
import type { Host, SourceFile } from '../../pipeline/stage/context.js';
import { ParamsError } from '../../pipeline/stage/params-error.js';
import { assetGlobs } from './asset-pools.js';
import type { RenderParams } from './params.js';

const headBytes = 16;

const endings = /\.(hdr|exr|png|jpe?g|webp|tiff?|tga|bmp)$/i;

/** First bytes of the pictures that Blender reads; it goes by them, whatever a file is called. */
const signatures: readonly ((head: Buffer) => boolean)[] = [
  (head) => head.toString('latin1', 0, 2) === '#?',
  (head) => head.readUInt32LE(0) === 0x01312f76,
  (head) => head.readUInt32BE(0) === 0x89504e47,
  (head) => head.readUInt16BE(0) === 0xffd8,
  (head) => head.toString('latin1', 8, 12) === 'WEBP',
  (head) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(head.toString('latin1', 0, 4)),
  (head) => head.toString('latin1', 0, 2) === 'BM',
];

const models = /\.(blend|glb|gltf|obj)$/i;

/**
 * Looks at the files of the pools that must be pictures or models; what lies deeper in a file shows in its frames.
 * @throws ParamsError that names the first file that is something else
 */
export async function checkAssets(
  params: Pick<RenderParams, 'randomize'>,
  host: Pick<Host, 'remember'>,
  sources: (role: string) => readonly SourceFile[],
): Promise<void> {
  for (const { role, param } of assetGlobs(params)) {
    const what = param.at(-2);
    if (param.length < 4 || !['hdri', 'texture', 'model'].includes(String(what))) continue;
    const files = sources(role);
    const problem = await host.remember(
      {
        fact: 'assets',
        check: 1,
        what: String(what),
        files: files.map(({ path, digest }) => [path, digest]),
      },
      async () => {
        for (const file of files) {
          const found = what === 'model' ? modelProblem(file.path) : await pictureProblem(file.path);
          if (found !== null) return `${file.path} ${found}`;
        }
        return null;
      },
    );
    if (problem !== null)
      throw new ParamsError(param, problem, {
        hint: 'Take it out of the folder, or write a pattern that leaves it out.',
      });
  }
}

function modelProblem(path: string): string | null {
  return models.test(path) ? null : 'is no model: .blend, .glb, .gltf and .obj are read.';
}

async function pictureProblem(path: string): Promise<string | null> {
  if (!endings.test(path))
    return 'is no picture that Blender reads: .hdr, .exr, .png, .jpg, .webp, .tif, .tga, .bmp are.';
  const head = Buffer.alloc(headBytes);
  const handle = await open(path, 'r');
  try {
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    if (bytesRead < headBytes) return `cannot be read as a picture: it has ${bytesRead} bytes.`;
  } finally {
    await handle.close();
  }
  // Of all formats, TGA alone has no mark at its start.
  if (/\.tga$/i.test(path) || signatures.some((fits) => fits(head))) return null;
  return 'cannot be read as a picture: its content is none that Blender knows.';
}
