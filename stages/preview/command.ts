import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { drawers } from './drawers.js';

const options = z.strictObject({
  output: z
    .string()
    .default('preview.png')
    .describe('The PNG to write; several artifacts get a number each.'),
  count: z.number().int().min(1).max(1000).default(24).describe('At most so many pictures, evenly chosen.'),
  columns: z.number().int().min(1).max(100).default(6).describe('Pictures side by side.'),
  width: z.number().int().min(16).max(4096).default(256).describe('The width of each picture in pixels.'),
  only: z.array(z.string()).default([]).describe('Only the picture of this name; may be given repeatedly.'),
  class: z
    .array(z.string())
    .default([])
    .describe('Only pictures that show an object of this class; may be given repeatedly.'),
  where: z
    .array(z.string())
    .default([])
    .describe(
      'Only pictures that have, or show an object that has, this attribute: `camera=2`; given repeatedly, all of them.',
    ),
  doubtful: z
    .boolean()
    .default(false)
    .describe('Only pictures that the quality checks of their stage call doubtful.'),
  plain: z.boolean().default(false).describe('Draw nothing over the pictures.'),
});

/** `pipeline preview [FILE] STAGE…`: pictures of an artifact in a grid, with boxes, masks and keypoints. */
export const previewCommand = defineCommand({
  words: '[FILE] STAGE[.OUTPUT]…',
  wordsHelp: 'stages whose pictures to show, or folders that hold an artifact',
  options,
  async run(words, request, host) {
    const markers = Object.fromEntries(drawers.map(({ type, marker }) => [type, marker]));
    const found = await host.artifacts(words, Object.keys(markers), markers);
    const { contactSheet } = await import('../lib/imaging/contact-sheet.js');
    for (const [index, { label, artifact }] of found.entries()) {
      const drawer = drawers.find(({ type }) => type === artifact.type);
      if (!drawer) throw new Error(`There is no drawer for ${artifact.type}.`);
      const { tiles, total, legend } = await drawer.draw(artifact, {
        ...request,
        classes: request.class,
        tileWidthPx: request.width,
        signal: host.signal,
      });
      if (tiles.length === 0)
        throw new UserError(
          request.doubtful
            ? `The quality checks call no picture of ${label} doubtful.`
            : `${label} holds no picture${request.class.length + request.where.length > 0 ? ' that is asked for' : ''}.`,
        );
      const path = resolve(host.directory, numbered(request.output, index, found.length));
      await mkdir(dirname(path), { recursive: true });
      const sheet = { columns: request.columns, tileWidthPx: request.width, format: 'png' } as const;
      await writeFile(path, await contactSheet(tiles, sheet));
      host.console.out(`${relative(host.directory, path)}: ${tiles.length} of ${total} pictures of ${label}`);
      if (!request.plain) host.console.out(legend);
    }
    return 0;
  },
});

/** `preview.png` → `preview-2.png`, where there are several. */
function numbered(path: string, index: number, count: number): string {
  if (count === 1) return path;
  const name = path.replace(/\.png$/i, '');
  return `${name}-${index + 1}.png`;
}
