import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Store } from '../../../pipeline/store/store.js';
import { LivePage } from '../../../pipeline/ui/live-page.js';
import { Workspace } from '../../support/workspace.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const file = `version: 1
name: watched
stages:
  hello: { uses: command, with: { run: [/bin/sh, -c, 'echo hello; echo x > {output}'], outputs: x } }
`;

/** A page over a store in which a pipeline was run once, read-only. */
async function page() {
  const space = await Workspace.create({ 'pipeline.yaml': file });
  await space.command('run', '@pipeline.yaml');
  const store = new Store(space.path('.pipeline'));
  const open = await LivePage.open({ pipeline: 'watched', store, control: undefined, port: 0 });
  onTestFinished(() => open.close());
  const { host, searchParams } = new URL(open.address);
  const token = searchParams.get('token') ?? '';
  const ask = (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    body = '',
  ): Promise<Answer> => send(host, path, method, { host, cookie: `darkroom=${token}`, ...headers }, body);
  const { runs } = JSON.parse((await ask('/api/runs')).body) as { runs: { id: string }[] };
  return { ask, host, token, run: runs[0]?.id ?? '' };
}

function send(
  host: string,
  path: string,
  method: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  const [hostname = '', port = ''] = host.split(':');
  return new Promise((resolve, reject) => {
    // The path as it stands: fetch would resolve what it holds of `..`.
    const sent = request({
      hostname,
      port,
      path,
      method,
      headers: { ...headers, 'content-length': body.length },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      text(response).then(
        (all) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: all }),
        reject,
      );
    });
    sent.end(body);
  });
}

describe('the live page', () => {
  it('lets in who has the token, and takes it out of the address', async () => {
    const { ask, token } = await page();
    expect((await ask('/', { cookie: '' })).status).toBe(401);
    expect((await ask('/api/runs', { cookie: 'darkroom=guess' })).status).toBe(401);
    const entered = await ask(`/?token=${token}`, { cookie: '' });
    expect(entered).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(String(entered.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    const shown = await ask('/');
    expect(shown.status).toBe(200);
    expect(shown.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
  });

  it('answers to no other name, and does nothing that another page asks for', async () => {
    const { ask, host, run } = await page();
    expect((await ask('/api/runs', { host: 'evil.example' })).status).toBe(403);
    const order = JSON.stringify({ run });
    expect((await ask('/api/cancel', { origin: 'http://evil.example' }, 'POST', order)).status).toBe(403);
    expect((await ask('/api/cancel', {}, 'POST', order)).status).toBe(403);
    expect((await ask('/api/cancel', { origin: `http://${host}` }, 'DELETE', order)).status).toBe(405);
  });

  it('only shows, unless it was told otherwise', async () => {
    const { ask, host, run } = await page();
    for (const path of ['/api/start', '/api/cancel']) {
      const answer = await ask(path, { origin: `http://${host}` }, 'POST', JSON.stringify({ run }));
      expect(answer.status).toBe(409);
      expect(answer.body).toContain('`pipeline ui --control` lets it start, cancel and retry.');
    }
  });

  it('tells a run from its beginning to its end', async () => {
    const { ask, run } = await page();
    const { body, headers } = await ask(`/api/events?run=${run}`);
    expect(headers['content-type']).toBe('text/event-stream');
    const types = [...body.matchAll(/^data: \{"type":"([a-z-]+)"/gm)].map(([, type]) => type);
    expect(types[0]).toBe('run-started');
    expect(types).toContain('stage-succeeded');
    expect(types).toContain('run-finished');
    expect(body).toMatch(/event: end\n/);
    expect((await ask(`/api/log?run=${run}&stage=hello`)).body).toBe('{"text":"hello\\n"}');
    expect((await ask(`/run/${run}/report.html`)).body).toContain('<h1>watched</h1>');
  });

  it('gives no file away that is none of the page', async () => {
    const { ask, run } = await page();
    for (const path of [
      '/../package.json',
      '/code/pipeline/ui/../../../package.json',
      '/code/pipeline/cli/main.js',
      `/run/${run}/journal.ndjson`,
      `/run/${run}/pictures/../journal.ndjson`,
      `/run/..%2F..%2F..%2Fetc/passwd`,
      `/run/${run}/..%2Fjournal.ndjson`,
      `/api/log?run=${run}&stage=../journal`,
      '/api/log?run=..&stage=hello',
      '/api/events?run=../..',
    ])
      expect((await ask(path)).status, path).toBe(404);
  });
});
