import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SetupProblem } from '../../blender/setup/setup-problem.mjs';
import { createMachine } from '../../blender/setup/machine.mjs';
import { makeEdits, versionOfTree } from '../../blender/custom/source-tree.mjs';
import { editSource, viewerEdits } from '../../blender/custom/viewer-edits.mjs';

const [viewer, preview] = viewerEdits;
if (!viewer || !preview) throw new Error('there are two edits');

const head = (name: string, end: string): string => `class Operation {
  void ${name}();
  bool ${name}(bool /*rendering*/) const${end}
`;
/** As the file stands in Blender before 3.0, and from then on. */
const spellings = [
  ['2.92', head('isOutputOperation', '')],
  ['3.6', head('is_output_operation', ' override')],
] as const;
const viewerBody = `  {
    if (G.background) {
      return false;
    }
    return is_active();
  }
  bool other() { return G.background; }
};
`;
const previewBody = `  {
    return !G.background;
  }
};
`;

describe.each(spellings)('the edits, as the source of %s is spelled', (_version, start) => {
  it('take the look at G.background out of the viewer, and out of nothing else', () => {
    const result = editSource(start + viewerBody, viewer);
    if (result.state !== 'edited') throw new Error(result.state);
    expect(result.text).toContain('  {\n    return is_active();\n  }');
    expect(result.text).toContain('bool other() { return G.background; }');
    expect(editSource(result.text, viewer)).toEqual({ state: 'already edited' });
  });

  it('let the preview answer yes', () => {
    const result = editSource(start + previewBody, preview);
    if (result.state !== 'edited') throw new Error(result.state);
    expect(result.text).toContain('    return true;\n');
    expect(editSource(result.text, preview)).toEqual({ state: 'already edited' });
  });
});

it('a place that looks different is not found: nothing is guessed', () => {
  expect(editSource('class Operation {};', viewer)).toEqual({ state: 'not found' });
  const other = `${spellings[1][1]}  {\n    return G.background ? false : active_;\n  }\n};`;
  expect(editSource(other, viewer)).toEqual({ state: 'not found' });
  expect(editSource(spellings[1][1], viewer)).toEqual({ state: 'not found' });
});

describe('a source tree', () => {
  let tree: string;
  const machine = { ...createMachine(), say: () => undefined };
  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), text);
  };
  beforeEach(async () => {
    tree = await mkdtemp(join(tmpdir(), 'darkroom-tree-'));
    await put('source/blender/blenkernel/BKE_blender_version.h', '#define BLENDER_VERSION 304\n');
    await put(viewer.file, spellings[1][1] + viewerBody);
    await put(preview.file, spellings[1][1] + previewBody);
  });
  afterEach(() => rm(tree, { recursive: true, force: true }));

  it('gets both edits, and is refused when it has them already', async () => {
    makeEdits(machine, tree, 'refuse');
    expect(await readFile(join(tree, viewer.file), 'utf8')).not.toContain('if (G.background)');
    expect(await readFile(join(tree, preview.file), 'utf8')).toContain('return true;');
    expect(() => makeEdits(machine, tree, 'refuse')).toThrow(/it is edited already/);
    expect(() => makeEdits(machine, tree, 'accept')).not.toThrow();
  });

  it('whose second file is not as expected stays as it is', async () => {
    await put(preview.file, 'class Operation {};');
    expect(() => makeEdits(machine, tree, 'refuse')).toThrow(/COM_PreviewOperation\.h cannot be edited/);
    expect(await readFile(join(tree, viewer.file), 'utf8')).toContain('if (G.background)');
  });

  it('says its version, and is refused when the edits are not known for it', async () => {
    expect(versionOfTree(tree)).toBe('3.4');
    await put('source/blender/blenkernel/BKE_blender_version.h', '#define BLENDER_VERSION 403\n');
    expect(() => versionOfTree(tree)).toThrow(/is Blender 4\.3; the edits are known for 2\.92 to 3\.6/);
    await rm(join(tree, 'source/blender/blenkernel'), { recursive: true });
    expect(() => versionOfTree(tree)).toThrow(SetupProblem);
  });

  it('is all that the program needs to say no, before it installs or builds anything', async () => {
    const program = resolve(import.meta.dirname, '../../blender/custom/build.mjs');
    const work = join(tree, 'work');
    const run = async (...args: readonly string[]): Promise<{ stderr: string; exitCode?: number }> =>
      execa(process.execPath, [program, ...args], { reject: false });
    expect((await run()).stderr).toMatch(/It takes a folder to work in[^]*usage/);
    expect((await run('--work', work, '--source', join(tree, 'nowhere'))).stderr).toMatch(
      /There is no folder/,
    );
    expect((await run('--work', work, '--jobs', 'many')).stderr).toMatch(/takes a whole number, not "many"/);
    await cp(join(tree, 'source'), join(tree, 'copy/source'), { recursive: true });
    makeEdits(machine, join(tree, 'copy'), 'refuse');
    const again = await run('--work', work, '--source', join(tree, 'copy'), '--no-packages');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/it is edited already\.[^]*--edited/);
  });
});
