import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);
const numbers = (value: number): string => `version: 1
name: sums
stages:
  seven: { uses: number, with: { value: ${value} } }
  parts: { uses: halves, in: { of: seven } }
  total: { uses: sum, in: { numbers: [parts.low, parts.high, seven] } }
`;

describe('pipeline graph', () => {
  it('draws what is there, what would run and what waits, for Markdown', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.command('run', '@pipeline.yaml', 'seven');
    const { out, exitCode } = await workspace.command('graph', '@pipeline.yaml');
    expect(exitCode).toBe(0);
    expect(out).toBe(`flowchart LR
  s0["seven<br/>number"]:::current
  s1["parts<br/>halves"]:::runs
  s2["total<br/>sum"]:::waits
  s0 -->|"number"| s1
  s1 -->|"number"| s2
  s0 -->|"number"| s2
  classDef current fill:#d9f0dd,stroke:#2f7d44,color:#1c1e24
  classDef runs fill:#fde8c4,stroke:#a86400,color:#1c1e24
  classDef waits fill:#e8e9ee,stroke:#6b7080,color:#1c1e24`);
  });

  it('draws only the stages that are asked for and what they need', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    const { out } = await workspace.command('graph', '@pipeline.yaml', 'parts', '--format', 'dot');
    expect(out).toMatch(/^digraph "sums" \{/);
    expect(out).toContain('"seven" -> "parts" [label="number"]');
    expect(out).not.toContain('total');
  });

  it("writes a file, as what its name's ending says", async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    const { out } = await workspace.command('graph', '@pipeline.yaml', '--out', '@new/graph.svg');
    expect(out).toBe(workspace.path('new/graph.svg'));
    expect(await workspace.read('new/graph.svg')).toMatch(/^<svg xmlns=.*<\/svg>\n$/s);
    await workspace.command('graph', '@pipeline.yaml', '--out', '@graph.dot');
    expect(await workspace.read('graph.dot')).toMatch(/^digraph/);
    await workspace.command('graph', '@pipeline.yaml', '--format', 'mermaid', '--out', '@graph.txt');
    expect(await workspace.read('graph.txt')).toMatch(/^flowchart/);
  });

  it('draws a pipeline whose sources are missing without the states, and says why', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml': "version: 1\nstages:\n  c: { uses: command, with: { each: in/a, run: ['true'] } }\n",
      },
      registry,
    );
    const { out, error, exitCode } = await workspace.command('graph', '@pipeline.yaml');
    expect(exitCode).toBe(0);
    expect(out).toContain('s0["c<br/>command"]:::unknown');
    expect(error).toMatch(/Drawn without the states of some stages: .*There is no file in\/a\./s);
  });

  it.each([
    [
      ['graph', '@pipeline.yaml', '--format', 'png'],
      /'png' is invalid\. Allowed choices are mermaid, dot, svg\./,
    ],
    [['graph', '@pipeline.yaml', '--out', '@pipeline.yaml/x.svg'], /x\.svg cannot be written: /],
    [['graph', '@pipeline.yaml', 'sevn'], /has no stage sevn\.\n {2}Did you mean seven\?/],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    const { exitCode, error } = await workspace.command(...argv);
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
