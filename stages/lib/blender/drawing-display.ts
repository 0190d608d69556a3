import { ParamsError } from '../../../pipeline/stage/params-error.js';
import type { Host } from '../../../pipeline/stage/context.js';
import { probeDrawing, type DrawingProbe } from './blender-probe.js';
import type { BlenderTool } from './blender-tool.js';
import { virtualDisplayHint, withVirtualDisplay } from './virtual-display.js';

/** The engines that draw with OpenGL. */
export type DrawingEngine = 'eevee' | 'workbench';

/** On what such an engine draws: the display of this session, none at all, or one that is started for it. */
export interface DrawingDisplay {
  readonly way: 'given' | 'none' | 'virtual';
  /** The graphics card, or what stands in for it: pixels differ between them. */
  readonly renderer: string;
}

/**
 * The display on which an engine draws; asked once for each Blender and display.
 * @throws ParamsError with what to install when nothing helps
 */
export async function drawingDisplay(
  engine: DrawingEngine,
  blender: BlenderTool,
  host: Host,
): Promise<DrawingDisplay> {
  const key = {
    tool: 'drawing',
    engine,
    build: blender.build,
    path: blender.path,
    given: host.env['DISPLAY'] ?? null,
  };
  return host.remember(key, async () => {
    const found = await findDisplay(engine, blender.path, host);
    if (found) return { ...found };
    throw new ParamsError(
      ['engine', 'name'],
      `The engine ${engine} of ${blender.path} draws nothing here, with a display or without.`,
      { hint: virtualDisplayHint },
    );
  });
}

/**
 * Lets an engine draw a few pixels, first where it is, then without a display (drivers of cards can do so), then
 * under Xvfb. @returns undefined when it draws on none
 * @throws UserError when it comes to Xvfb and that does not start
 */
export async function findDisplay(
  engine: DrawingEngine,
  blender: string,
  host: Pick<Host, 'env' | 'exec'>,
): Promise<DrawingDisplay | undefined> {
  const given = host.env['DISPLAY'] === '' ? undefined : host.env['DISPLAY'];
  const ask = (display?: string): Promise<DrawingProbe> => probeDrawing(blender, engine, display, host);
  const tries: readonly (readonly [DrawingDisplay['way'], () => Promise<DrawingProbe>])[] = [
    ...(given === undefined ? [] : [['given', () => ask(given)] as const]),
    ['none', () => ask()],
    ['virtual', () => withVirtualDisplay(engine, host, ask)],
  ];
  for (const [way, probe] of tries) {
    const { draws, renderer } = await probe();
    if (draws) return { way, renderer: renderer ?? 'not named' };
  }
  return undefined;
}
