import { UserError } from '../../../pipeline/core/user-error.js';
import { activations, type Activation, type DarknetLayer, type YoloLayer } from './layer-types.js';

/** One `[section]` of a Darknet cfg with its options as text. */
export interface CfgSection {
  readonly type: string;
  readonly line: number;
  readonly options: ReadonlyMap<string, CfgOption>;
}

interface CfgOption {
  readonly text: string;
  readonly line: number;
}

export interface DarknetCfg {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly layers: readonly DarknetLayer[];
  /** The text cut into sections, `[net]` first: section i + 1 is layer i. */
  readonly sections: readonly CfgSection[];
}

/**
 * Cuts a cfg into sections as darknet's parser does: blanks and tabs mean nothing anywhere, `#` and `;` start a
 * comment only at the beginning of a line, of an option given twice the first counts.
 * @throws UserError with file:line
 */
export function parseCfgSections(text: string, file: string): CfgSection[] {
  if (text.includes('\0'))
    throw cfgError(file, 1, 'this is no text, so it is no cfg', 'Weights are another file than the cfg.');
  const sections: { type: string; line: number; options: Map<string, CfgOption> }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const content = raw.replace(/[ \t\r]/g, '');
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    if (content.startsWith('[')) {
      const name = /^\[([a-z0-9_]+)\]$/i.exec(content)?.[1];
      if (name === undefined) throw cfgError(file, line, `"${raw.trim()}" is not a section like [net]`);
      sections.push({ type: name, line, options: new Map() });
      continue;
    }
    const equals = content.indexOf('=');
    const section = sections.at(-1);
    if (equals <= 0) throw cfgError(file, line, `"${raw.trim()}" is neither a section nor key=value`);
    if (!section) throw cfgError(file, line, `"${raw.trim()}" stands before the first section`);
    const key = content.slice(0, equals);
    if (!section.options.has(key)) section.options.set(key, { text: content.slice(equals + 1), line });
  }
  return sections;
}

/**
 * A network from a Darknet cfg: convolutional, maxpool, avgpool, route, upsample, shortcut, scale_channels and yolo
 * layers.
 * @throws UserError with file:line for anything that is not understood
 */
export function parseCfg(text: string, file: string): DarknetCfg {
  const sections = parseCfgSections(text, file);
  const [net, ...rest] = sections;
  if (!net || !['net', 'network'].includes(net.type))
    throw cfgError(file, net?.line ?? 1, 'the first section must be [net]');
  const layers: DarknetLayer[] = [];
  for (const section of rest) layers.push(parseLayer(section, layers, file));
  const dimension = (key: string): number => whole(net, key, undefined, file, 1);
  const size = { width: dimension('width'), height: dimension('height') };
  if (!layers.some((layer) => layer.type === 'yolo'))
    throw cfgError(file, net.line, 'there is no [yolo] section, so the network finds nothing');
  return { ...size, channels: whole(net, 'channels', 3, file, 1), layers, sections };
}

function parseLayer(section: CfgSection, before: readonly DarknetLayer[], file: string): DarknetLayer {
  const index = before.length;
  const number = (key: string, fallback?: number, least = 0): number =>
    whole(section, key, fallback, file, least);
  const earlier = (value: number, line: number): number => {
    const absolute = value < 0 ? index + value : value;
    if (absolute < 0 || absolute >= index)
      throw cfgError(file, line, `layer ${value} is not one of the ${index} layers before this one`);
    if (before[absolute]?.type === 'yolo')
      throw cfgError(file, line, `layer ${value} is a [yolo] layer, whose output is not for other layers`);
    return absolute;
  };
  const activation = (fallback: string): Activation => {
    const option = section.options.get('activation');
    const name = option?.text ?? fallback;
    const found = activations.find((known) => known === name);
    if (found) return found;
    throw cfgError(file, option?.line ?? section.line, `activation "${name}": known are ${activations.join(', ')}`); // prettier-ignore
  };
  switch (section.type) {
    case 'convolutional':
    case 'conv': {
      const size = number('size', 1, 1);
      if (number('dilation', 1) !== 1)
        throw cfgError(file, section.line, 'dilation other than 1 is not known');
      return {
        type: 'convolutional',
        filters: number('filters', 1, 1),
        size,
        stride: number('stride', 1, 1),
        pad: number('pad', 0) !== 0 ? Math.floor(size / 2) : number('padding', 0),
        batchNormalize: number('batch_normalize', 0) !== 0,
        activation: activation('logistic'),
        groups: number('groups', 1, 1),
      };
    }
    case 'maxpool':
    case 'max': {
      const stride = number('stride', 1, 1);
      const size = number('size', stride, 1);
      return { type: 'maxpool', size, stride, padding: number('padding', size - 1) };
    }
    case 'avgpool':
    case 'avg':
      return { type: 'avgpool' };
    case 'scale_channels': {
      if (number('scale_wh', 0) !== 0) throw cfgError(file, section.line, 'scale_wh=1 is not known');
      const from = numbers(section, 'from', file)[0] ?? NaN;
      return {
        type: 'scale_channels',
        from: earlier(from, section.options.get('from')?.line ?? section.line),
        activation: activation('linear'),
      };
    }
    case 'route': {
      const layers = numbers(section, 'layers', file);
      const line = section.options.get('layers')?.line ?? section.line;
      return { type: 'route', layers: layers.map((layer) => earlier(layer, line)) };
    }
    case 'upsample':
      return { type: 'upsample', stride: number('stride', 2, 1) };
    case 'shortcut': {
      const from = numbers(section, 'from', file)[0] ?? NaN;
      return {
        type: 'shortcut',
        from: earlier(from, section.options.get('from')?.line ?? section.line),
        activation: activation('linear'),
      };
    }
    case 'yolo':
      return parseYolo(section, before, file);
    default:
      throw cfgError(file, section.line, `section [${section.type}] is not known`, knownSections);
  }
}

const knownSections =
  'Known are convolutional, maxpool, avgpool, route, upsample, shortcut, scale_channels and yolo.';

function parseYolo(section: CfgSection, before: readonly DarknetLayer[], file: string): YoloLayer {
  const flat = numbers(section, 'anchors', file);
  const count = whole(section, 'num', flat.length / 2, file, 1);
  if (flat.length < 2 * count)
    throw cfgError(
      file,
      section.options.get('anchors')?.line ?? section.line,
      `num=${count} anchors are ${2 * count} numbers, ${flat.length} are given`,
    );
  const anchors = Array.from({ length: count }, (_, i) => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0] as const);
  const mask = section.options.has('mask') ? numbers(section, 'mask', file) : anchors.map((_, i) => i);
  const classes = whole(section, 'classes', 20, file, 1);
  for (const index of mask)
    if (!anchors[index])
      throw cfgError(file, section.line, `mask names anchor ${index}, there are ${count} (from 0)`);
  const wanted = mask.length * (5 + classes);
  const head = before.at(-1);
  if (head?.type !== 'convolutional' || head.filters !== wanted)
    throw cfgError(
      file,
      section.line,
      `a [yolo] of ${mask.length} anchors and ${classes} classes must follow a convolution of ${wanted} filters`,
    );
  const number = (key: string, fallback: number, most: number): number => {
    const option = section.options.get(key);
    const value = option ? Number(option.text) : fallback;
    if (!(value >= 0 && value <= most))
      throw cfgError(
        file,
        option?.line ?? section.line,
        `${key}=${option?.text}: a number from 0 to ${most} is expected`,
      );
    return value;
  };
  return {
    type: 'yolo',
    anchors,
    mask,
    classes,
    ignoreThreshold: number('ignore_thresh', 0.5, 1),
    alsoThreshold: number('iou_thresh', 1, 1),
    boxWeight: number('iou_normalizer', 1, Infinity),
  };
}

function whole(
  section: CfgSection,
  key: string,
  fallback: number | undefined,
  file: string,
  least: number,
): number {
  const option = section.options.get(key);
  if (!option) {
    if (fallback !== undefined) return fallback;
    throw cfgError(file, section.line, `[${section.type}] needs ${key}=`);
  }
  const value = Number(option.text);
  if (!Number.isInteger(value) || value < least)
    throw cfgError(file, option.line, `${key}=${option.text}: a whole number from ${least} on is expected`);
  return value;
}

function numbers(section: CfgSection, key: string, file: string): number[] {
  const option = section.options.get(key);
  if (!option) throw cfgError(file, section.line, `[${section.type}] needs ${key}=`);
  const values = option.text.split(',').filter((part) => part !== '');
  return values.map((part) => {
    if (!Number.isFinite(Number(part)))
      throw cfgError(file, option.line, `${key}=${option.text}: "${part}" is not a number`);
    return Number(part);
  });
}

function cfgError(file: string, line: number, message: string, hint?: string): UserError {
  return new UserError(`${file}:${line}: ${message}`, hint === undefined ? {} : { hint });
}
