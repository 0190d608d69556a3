import type { JsonObject } from '../../pipeline/core/json.js';
import type { Host } from '../../pipeline/stage/context.js';
import { ParamsError } from '../../pipeline/stage/params-error.js';
import { cyclesDevice } from '../lib/blender/cycles-device.js';
import { blenderTool } from '../lib/blender/blender-tool.js';
import { drawingDisplay } from '../lib/blender/drawing-display.js';
import { blenderCodeDigest } from './blender-code.js';
import type { RenderParams } from './params.js';

/**
 * Blender's build, our own code in it, the kind of the device and, for Eevee and Workbench, the graphics card: other pixels come of
 * others.
 * @throws ParamsError when this Blender or this machine has not what `engine` asks for
 */
export async function blenderIdentity(
  { blender: path, engine, randomize }: RenderParams,
  host: Host,
): Promise<JsonObject> {
  const blender = await blenderTool(host, path);
  if (engine.denoise && !blender.openImageDenoise)
    throw new ParamsError(
      ['engine', 'denoise'],
      `engine.denoise is on, but ${blender.path} was built without OpenImageDenoise.`,
      {
        hint: 'Turn it off and raise engine.samples, or use a Blender from https://www.blender.org/download.',
      },
    );
  return {
    blender: { version: blender.version, build: blender.build },
    ...(engine.name === 'cycles'
      ? { device: cyclesDevice(engine.device, blender) }
      : { device: 'cpu', renderer: (await drawingDisplay(engine.name, blender, host)).renderer }),
    code: await blenderCodeDigest(),
    // Blur and JPEG are made by it; frames without effects do not depend on it.
    ...(randomize.effects === undefined ? {} : { vips: (await import('sharp')).default.versions.vips }),
  };
}
