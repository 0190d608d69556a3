import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import { Workspace } from '../support/workspace.js';

const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const program = join(productRoot(), 'dist/stages/main.js');

/** A file that would change the page's title if its name were taken for markup anywhere. */
const hostile = `"><img src=x onerror="document.title='taken over'"><script>document.title='taken over'<`;

const file = `version: 1
name: watched
stages:
  hostile:
    uses: command
    with: { each: 'in/*', run: [/bin/sh, -c, 'echo "$1"; cp "$1" "$2"', sh, '{input}', '{output}'], outputs: '{stem}.out' }
  steps: { uses: ./steps.ts }
  endless: { uses: command, with: { run: [/bin/sh, -c, 'echo begun; while :; do /bin/sleep 0.05; done'] } }
`;
/** Goes on until the file `go` is there; tells how far it is, draws a curve and a picture. */
const stepsStage = `import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineStage } from 'darkroom';
import { z } from 'zod';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export default defineStage({
  kind: 'steps', summary: 'Waits.', revision: 1, params: z.strictObject({}), inputs: {},
  outputs: { files: { type: 'files', description: 'One.' } },
  seeded: () => false,
  run: async (context) => {
    for (let done = 1; !existsSync(join(context.host.baseDirectory, 'go')); done++) {
      context.progress({ done: Math.min(done, 90), total: 100, unit: 'steps', figures: { loss: 100 / done } });
      await context.picture({ title: 'frame ' + done, mediaType: 'image/png', draw: async () => Buffer.from(png, 'base64') });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await context.output('files').write('x', 'x');
  },
});
`;

describe.skipIf(!existsSync(browserPath))(`the live page in ${browserPath}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser.close());

  async function open(...options: readonly string[]): Promise<{ space: Workspace; page: Page }> {
    const space = await Workspace.create({
      'pipeline.yaml': file,
      'steps.ts': stepsStage,
      [`in/${hostile}`]: 'x',
    });
    const server = spawn(process.execPath, [program, 'ui', space.directory, ...options]);
    onTestFinished(() => ended(server));
    const address = await new Promise<string>((resolve) => {
      createInterface({ input: server.stdout }).on('line', (line) => {
        const found = /http:\S+/.exec(line)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    return { space, page };
  }

  it('follows a run to its end, cancels a stage and a run, runs a stage again, and hostile names do nothing', async () => {
    const { space, page } = await open('--control');
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    expect(page.url()).not.toContain('token');
    await page.click('#start');

    await page.click('#stages [data-stage="steps"]');
    await page.waitForSelector('#stages [data-stage="steps"] .state.running');
    await page.waitForSelector('#graph .node.running[data-stage="steps"]');
    await page
      .getByText(/\d+\/100 steps {2}\d+(\.\d)?\/s {2}.* left/)
      .first()
      .waitFor();
    await page.waitForFunction(() =>
      (document.querySelector('.curves polyline')?.getAttribute('points') ?? '').includes(' '),
    );
    await page.waitForFunction(
      () => (document.querySelector<HTMLImageElement>('.pictures img')?.naturalWidth ?? 0) > 0,
    );

    await page.click('#stages [data-stage="endless"]');
    await page.getByText('begun').waitFor();
    await page.getByText('cancel this stage').click();
    await page.waitForSelector('#stages [data-stage="endless"] .state.failed');
    await page.getByText('It was cancelled; what it had finished is kept.').first().waitFor();
    await page.getByText('run this stage').waitFor();

    await space.write('go', '');
    await page.waitForSelector('#state .failed');
    expect(await page.textContent('#stages [data-stage="steps"]')).toContain('ran');

    await page.click('#stages [data-stage="hostile"]');
    await page.locator('pre', { hasText: '"><img src=x onerror=' }).waitFor();
    // The run's own page, too.
    expect(await page.title()).toBe('watched · pipeline');

    // Once more, in a run of its own, which the page follows by itself.
    await page.click('#stages [data-stage="endless"]');
    await page.getByText('run this stage').click();
    await page.waitForSelector('#stages [data-stage="endless"] .state.running');
    expect(await page.locator('#runs tr[data-run]').count()).toBe(2);
    await page.click('#cancel');
    await page.waitForSelector('#state .interrupted');

    await page.selectOption('#run', { index: 1 });
    await page.waitForSelector('#state .failed');
    await page.goto(new URL((await page.getAttribute('#report', 'href')) ?? '', page.url()).href);
    expect(await page.title()).toBe('watched · failed');
    expect(problems).toEqual([]);
  }, 180_000);

  it('without --control has nothing to press', async () => {
    const { page } = await open();
    await page.getByText('no run yet').waitFor();
    expect(await page.isVisible('#start')).toBe(false);
    const answer = await page.evaluate(
      async () => (await fetch('/api/start', { method: 'POST', body: '{}' })).status,
    );
    expect(answer).toBe(409);
  }, 60_000);
});

async function ended(server: ChildProcess): Promise<void> {
  server.kill('SIGINT');
  await new Promise((resolve) => server.once('close', resolve));
}
