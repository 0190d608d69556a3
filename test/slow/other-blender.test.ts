import { access, constants, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import { renderStage } from '../../stages/render/stage.js';
import { itemCounts, Workspace } from '../support/workspace.js';

const root = productRoot();
/** Kept from run to run: it is two gigabytes. */
const cache = process.env['DARKROOM_BLENDERS'] ?? join(homedir(), '.cache', 'darkroom', 'blenders');
const isRoot = process.getuid?.() === 0;
const hasDebootstrap = await access('/usr/sbin/debootstrap', constants.X_OK).then(
  () => true,
  () => false,
);

describe.skipIf(!isRoot || !hasDebootstrap)(
  'Debian 13’s Blender beside this machine’s own (needs root and debootstrap)',
  () => {
    let other: string;
    beforeAll(async () => {
      const script = join(root, 'test/support/debian-blender.sh');
      const { stdout } = await execa('sh', [script, cache, 'trixie'], { stderr: 'inherit' });
      other = stdout.trim().split('\n').at(-1) ?? '';
    });

    it('passes the integration tests of rendering', async () => {
      const tests = ['render', 'projections', 'blender-health', 'long-runs'];
      const run = await execa(
        process.execPath,
        [
          join(root, 'node_modules/vitest/vitest.mjs'),
          'run',
          ...['--config', '.config/vitest.config.ts', '--project', 'integration'],
          ...tests.map((name) => `test/integration/${name}.test.ts`),
        ],
        { cwd: root, env: { BLENDER: other }, reject: false, all: true },
      );
      expect(run.exitCode, run.all).toBe(0);
    });

    it('makes all frames anew that the other has made, and each finds its own again', async () => {
      const scene = await readFile(resolve(import.meta.dirname, '../fixtures/scenes/cube.py'), 'utf8');
      const file = (blender: string): string => `version: 1
stages:
  frames:
    uses: render
    with:
      scene: ./cube.py
      blender: ${blender}
      frames: 3
      resolution: [32, 32]
      engine: { samples: 1, device: cpu }
`;
      const workspace = await Workspace.create({ 'cube.py': scene }, stageRegistry([renderStage]));
      const run = async (blender: string): Promise<unknown> => {
        await workspace.write('pipeline.yaml', file(blender));
        const { events, stages } = await workspace.run();
        return itemCounts(events, 'frames') ?? stages['frames'];
      };
      const own = process.env['BLENDER'] ?? 'blender';
      expect(await run(own)).toEqual({ made: 3, reused: 0 });
      expect(await run(other)).toEqual({ made: 3, reused: 0 });
      expect(await run(own)).toBe('reused');
      expect(await run(other)).toBe('reused');
    });
  },
);
