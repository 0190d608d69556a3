import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openRemote } from '../../../../pipeline/store/remotes/open-remote.js';
import { describeRemote } from '../../../support/remote-suite.js';

describeRemote('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-folder-'));
  const remote = openRemote(pathToFileURL(folder).href);
  return { remote, close: () => rm(folder, { recursive: true, force: true }) };
});
