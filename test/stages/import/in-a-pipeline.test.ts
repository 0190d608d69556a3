import { readdir, rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { exportStage } from '../../../stages/export/stage.js';
import { importStage } from '../../../stages/import/stage.js';
import { blankImage } from '../../support/format-harness.js';
import { Workspace } from '../../support/workspace.js';

const pipeline = (path: string): string => `version: 1
name: formats
stages:
  real: { uses: import, with: { format: yolo, path: ${path} } }
  out: { uses: export, in: { dataset: real }, with: { format: voc } }
`;

describe('import and export in a pipeline', () => {
  it('are made anew when a label or an image changes, and not when the folder is elsewhere', async () => {
    const space = await Workspace.create(
      {
        'pipeline.yaml': pipeline('./data'),
        'data/labels/a.txt': '0 0.5 0.5 0.5 0.5\n',
        'data/classes.txt': 'dog\n',
      },
      stageRegistry([importStage, exportStage]),
    );
    await space.write('data/images/a.png', await blankImage(64, 48));
    expect((await space.run()).stages).toEqual({ real: 'succeeded', out: 'succeeded' });
    expect(await readdir(space.path('out/out'))).toEqual(
      expect.arrayContaining(['Annotations', 'ImageSets', 'JPEGImages', 'labels.txt']),
    );
    expect(await space.read('out/out/Annotations/a.xml')).toContain(
      '<xmin>17</xmin><ymin>13</ymin><xmax>48</xmax>',
    );
    expect((await space.run()).stages).toEqual({ real: 'reused', out: 'reused' });

    await rename(space.path('data'), space.path('moved (1)'));
    await space.write('pipeline.yaml', pipeline("'./moved (1)'"));
    expect((await space.run()).stages).toEqual({ real: 'reused', out: 'reused' });

    await space.write('moved (1)/labels/a.txt', '0 0.5 0.5 0.25 0.5\n');
    expect((await space.run()).stages).toEqual({ real: 'succeeded', out: 'succeeded' });
    await space.write('moved (1)/images/a.png', await blankImage(128, 48));
    expect((await space.run()).stages).toEqual({ real: 'succeeded', out: 'succeeded' });
  });

  it('a folder that is not there is a mistake in the file, before anything runs', async () => {
    const space = await Workspace.create(
      { 'pipeline.yaml': pipeline('./dota') },
      stageRegistry([importStage, exportStage]),
    );
    const { error, exitCode } = await space.run();
    expect(exitCode).not.toBe(0);
    expect(error).toMatch(/pipeline\.yaml:4:\d+/);
  });
});
