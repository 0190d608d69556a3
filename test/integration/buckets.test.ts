import { describe, expect, it, onTestFinished } from 'vitest';
import { openRemote } from '../../pipeline/store/remotes/open-remote.js';
import { startAzurite, startS3 } from '../support/bucket-servers.js';
import { describeRemote } from '../support/remote-suite.js';
import { Workspace } from '../support/workspace.js';

describeRemote('a bucket of S3', async () => {
  const { close } = await startS3('results');
  return { remote: openRemote('s3://results/some/prefix'), close };
});

describeRemote('a container of Azure', async () => {
  const { close } = await startAzurite('results');
  return { remote: openRemote('azblob://devstoreaccount1/results/some/prefix'), close };
});

describe('two workspaces with one cache', () => {
  for (const [name, start, url] of [
    ['S3', startS3, 's3://shared/team'],
    ['Azure', startAzurite, 'azblob://devstoreaccount1/shared/team'],
  ] as const)
    it(`make a result once, in ${name}`, async () => {
      const { close } = await start('shared');
      onTestFinished(close);
      const files = {
        'pipeline.yaml': `version: 1
cache: { url: ${url}, mode: read-write }
stages:
  copies: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }
`,
        'in/a.txt': 'a',
        'in/b.txt': 'b',
      };
      const [first, second] = [await Workspace.create(files), await Workspace.create(files)];
      expect((await first.run()).stages).toEqual({ copies: 'succeeded' });
      const result = await second.run();
      expect(result.events.filter(({ type }) => type === 'cache-trouble')).toEqual([]);
      expect(result.stages).toEqual({ copies: 'reused' });
      expect(await second.list('out/copies')).toEqual(['a', 'b']);
    });
});
