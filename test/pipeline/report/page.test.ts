import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../pipeline/report/page.js';
import type { ReportedStage, ReportModel, ShownExhibit } from '../../../pipeline/report/page-model.js';

function aStage(name: string, changes: Partial<ReportedStage> = {}): ReportedStage {
  return {
    name,
    kind: 'render',
    needs: [],
    state: 'ran',
    reason: 'it never ran',
    tookMs: 1000,
    recordedMs: 1000,
    artifacts: [],
    metrics: {},
    warnings: [],
    exhibits: [],
    ...changes,
  };
}

function aModel(stages: readonly ReportedStage[], changes: Partial<ReportModel> = {}): ReportModel {
  return {
    pipelineName: 'quickstart',
    runId: 'r1',
    startedAt: '2026-11-21T22:56:12.000Z',
    tookMs: 65_000,
    outcome: 'succeeded',
    seed: 7,
    cost: [],
    stages,
    ...changes,
  };
}

const picture: ShownExhibit = { type: 'picture', title: 'Frames', mediaType: 'image/png', src: 'a.png' };
const figures = (title: string, value: number): ShownExhibit => ({
  type: 'figures',
  title,
  figures: [{ name: 'AP50', value }],
});

describe('the report page', () => {
  it('needs no script and no network', () => {
    const html = renderPage(aModel([aStage('frames', { exhibits: [picture, figures('COCO', 0.8)] })]));
    expect(html).not.toMatch(/<script|https?:|url\(|@import|<link/i);
    expect(html).toContain("default-src 'none'");
  });

  it('escapes whatever the model says, everywhere', () => {
    const bad = `"><img src=x onerror='alert(1)'>&<script>alert(1)</script>`;
    const html = renderPage(
      aModel(
        [
          aStage(bad, {
            kind: bad,
            reason: bad,
            error: bad,
            warnings: [bad],
            metrics: { [bad]: 1 },
            artifacts: [{ output: bad, type: bad, digest: bad, fileCount: 1, sizeBytes: 1 }],
            exhibits: [
              { ...picture, title: bad, caption: bad, src: bad },
              { type: 'table', title: bad, caption: bad, columns: [bad], rows: [[bad]] },
              { type: 'figures', title: bad, caption: bad, figures: [{ name: bad, value: bad, note: bad }] },
              { type: 'figures', title: bad, figures: [{ name: bad, value: bad, note: bad }] },
            ],
          }),
        ],
        { pipelineName: bad, runId: bad, startedAt: bad, command: bad, machine: bad },
      ),
    );
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<img src=x/);
    expect(html).not.toContain("onerror='");
    expect(html.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(20);
  });

  it('a picture whose path leaves the page is refused', () => {
    for (const src of [
      'javascript:alert(1)',
      'https://example.org/a.png',
      '//example.org/a.png',
      '/etc/passwd',
    ])
      expect(() => renderPage(aModel([aStage('a', { exhibits: [{ ...picture, src }] })]))).toThrow(
        'no relative path',
      );
  });

  it('the figures of the last stage that has any come first, and only there', () => {
    const html = renderPage(
      aModel([
        aStage('early', { exhibits: [figures('Early figures', 0.25)] }),
        aStage('score', { exhibits: [figures('COCO figures', 0.875)] }),
        aStage('after'),
      ]),
    );
    expect(html.indexOf('0.875')).toBeGreaterThan(0);
    expect(html.indexOf('0.875')).toBeLessThan(html.indexOf('<h2>Stages</h2>'));
    expect(html.lastIndexOf('0.875')).toBe(html.indexOf('0.875'));
    expect(html.indexOf('0.25')).toBeGreaterThan(html.indexOf('<h2>Stages</h2>'));
  });

  it('what later stages show stands before what earlier ones show', () => {
    const html = renderPage(
      aModel([
        aStage('frames', { exhibits: [{ ...picture, title: 'Rendered' }] }),
        aStage('score', { exhibits: [{ ...picture, title: 'Judged' }] }),
      ]),
    );
    expect(html.indexOf('<h3>Judged</h3>')).toBeLessThan(html.indexOf('<h3>Rendered</h3>'));
  });

  it('a failed run shows the error before everything else', () => {
    const failed = aStage('frames', { state: 'failed', error: 'scene.py raised KeyError' });
    const html = renderPage(aModel([failed, aStage('b', { state: 'blocked' })], { outcome: 'failed' }));
    expect(html.indexOf('scene.py raised KeyError')).toBeLessThan(html.indexOf('<h2>Stages</h2>'));
    expect(html).toContain('2 stages: 1 failed, 1 not finished');
  });

  it('a stage out of the store says how long it took to make, not how long the look-up took', () => {
    const html = renderPage(aModel([aStage('a', { state: 'cached', tookMs: 30, recordedMs: 200_000 })]));
    expect(html).toContain('made earlier in 3 min 20 s');
    expect(html).toContain('1 from the store');
  });

  it('items, warnings, outputs and metrics are all there', () => {
    const html = renderPage(
      aModel([
        aStage('frames', {
          items: { total: 140, reused: 120, made: 19, failed: 1 },
          warnings: ['3 frames show no person'],
          artifacts: [
            { output: 'frames', type: 'frames', digest: 'a'.repeat(64), fileCount: 1, sizeBytes: 2048 },
          ],
          metrics: { 'validation/AP50': 0.81234 },
        }),
      ]),
    );
    for (const text of [
      '140 items, 120 reused, 19 made, 1 failed',
      '3 frames show no person',
      '1 file, 2.0 KiB',
    ])
      expect(html).toContain(text);
    expect(html).toContain('<dt>validation/AP50</dt><dd>0.8123</dd>');
  });

  it('a column of numbers is set to the right with equal decimals; a missing one is a dash', () => {
    const table: ShownExhibit = {
      type: 'table',
      title: 'Classes',
      columns: ['class', 'AP'],
      rows: [
        ['person', 0.5],
        ['dog', null],
        ['cat', 0.125],
      ],
    };
    const html = renderPage(aModel([aStage('score', { exhibits: [table] })]));
    expect(html).toContain('<td>person</td><td class="number">0.500</td>');
    expect(html).toContain('<td>dog</td><td class="number">–</td>');
  });

  it('in a column with words, each number has the decimals that it needs', () => {
    const rows = [
      ['images', 208],
      ['objects an image', 2.11],
      ['sources', 'coco'],
    ];
    const table: ShownExhibit = { type: 'table', title: 'Datasets', columns: ['', 'real'], rows };
    const html = renderPage(aModel([aStage('facts', { exhibits: [table] })]));
    for (const text of ['208', '2.11', 'coco']) expect(html).toContain(`<td>${text}</td>`);
  });
});
