import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { engines } from '../../../../pipeline/executors/submit/engines.js';
import { submitWords } from '../../../../pipeline/executors/submit/submit-words.js';
import { filledDocument } from '../../../../pipeline/executors/submit/task-document.js';
import { taskValues } from '../../../../pipeline/executors/submit/task-values.js';
import type { EngineName } from '../../../../pipeline/file/submit-schema.js';

const said = { manager: 'http://m:8080', image: 'registry/darkroom:1', claim: 'farm', mount: '/mnt/farm' };
const large = {
  resources: { cpu: 4, gpu: 2 },
  memoryMb: 8000,
  minutes: 90,
  excludedNodes: ['n3'],
  options: { partition: 'night', account: 'us', constraint: 'fast', extra: ['-x', 'y'] },
  resumes: false,
};
const small = { resources: { cpu: 1 }, excludedNodes: [], options: {}, resumes: false };
const valuesOf = (needs: typeof large | typeof small): ReadonlyMap<string, string | undefined> =>
  taskValues({ nonce: 'darkroom-abc', directory: '/a store/darkroom-abc', needs }, 7, said);
const words = (engine: EngineName, needs: typeof large | typeof small): readonly string[] =>
  submitWords(engines[engine], valuesOf(needs), 'extra' in needs.options ? needs.options.extra : []);
const script = '/a store/darkroom-abc/script.sh';

function expectParts(engine: EngineName, parts: readonly string[]): void {
  const text = words(engine, large).join(' ');
  for (const part of parts) expect(text).toContain(part);
}

describe('the command of', () => {
  it('LSF asks for what the stage says, and for nothing that it does not say', () => {
    expectParts('lsf', [
      '-n 4',
      '-M 8000MB',
      '-W 90',
      '-gpu num=2',
      '-q night',
      '-P us',
      "hname!='n3'",
      '-x y',
    ]);
    expect(words('lsf', large).slice(-2)).toEqual([script, '7']);
    expect(words('lsf', small).join(' ')).toBe(
      `bsub -J darkroom-abc-7 -o /dev/null -n 1 -R span[hosts=1] ${script} 7`,
    );
  });

  it('PBS asks for what the stage says', () => {
    expectParts('pbs', [
      '-l ncpus=4',
      '-l mem=8000mb',
      '-l walltime=1:30:00',
      '-l ngpus=2',
      '-q night',
      '-A us',
    ]);
    expect(words('pbs', large).slice(-3)).toEqual(['--', script, '7']);
  });

  it('Grid Engine asks for the memory of one slot', () => {
    expectParts('sge', ['-pe smp 4', '-l h_vmem=2000M', '-l h_rt=5400', '-P us', '-l h=!n3']);
  });
});

describe('the document of', () => {
  const document = async (engine: EngineName, needs: typeof large | typeof small): Promise<string> => {
    const own = engines[engine].document;
    if (!own) throw new Error(`${engine} has no document`);
    return filledDocument(await readFile(own.path, 'utf8'), own, valuesOf(needs));
  };

  it('Kubernetes is a Job of one pod that runs once, with the resources of the stage', async () => {
    const job = parse(await document('kubernetes', large)) as Record<string, unknown>;
    expect(job).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'darkroom-abc-7' },
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: 5400,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                image: 'registry/darkroom:1',
                command: [script, '7'],
                resources: {
                  requests: { cpu: '4', memory: '8000Mi' },
                  limits: { memory: '8000Mi', 'nvidia.com/gpu': '2' },
                },
                volumeMounts: [{ name: 'farm', mountPath: '/mnt/farm' }],
              },
            ],
            volumes: [{ name: 'farm', persistentVolumeClaim: { claimName: 'farm' } }],
          },
        },
      },
    });
  });

  it('Kubernetes leaves out what the stage does not say', async () => {
    const text = await document('kubernetes', small);
    for (const part of ['nvidia.com', 'memory', 'activeDeadlineSeconds']) expect(text).not.toContain(part);
  });

  it('Kubernetes is refused with every mistake in it named', () => {
    const own = engines.kubernetes.document;
    const manifest = 'apiVersion: v1\nkind: Job\nmetadata: { name: Large_Name }\nspec: { backoffLimit: 6 }\n';
    expect(() => filledDocument(manifest, { ...own, path: 'job.yaml' }, valuesOf(small))).toThrow(
      expect.objectContaining({
        details: expect.arrayContaining([
          expect.stringContaining('apiVersion'),
          expect.stringContaining('metadata.name'),
          expect.stringContaining('spec.backoffLimit'),
          expect.stringContaining('spec.template'),
        ]) as unknown,
      }),
    );
  });

  it('Flamenco and OpenCue name the script, with a path that no syntax can break', async () => {
    expect(JSON.parse(await document('flamenco', large))).toMatchObject({
      type: 'flamenco-darkroom',
      settings: { script, index: '7' },
    });
    expect(await document('opencue', large)).toBe(`'${script}' '7'\n`);
  });
});
