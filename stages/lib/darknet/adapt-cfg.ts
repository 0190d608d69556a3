import { UserError } from '../../../pipeline/core/user-error.js';
import { parseCfgSections, type CfgSection } from './cfg.js';

/** What a cfg is fitted to. */
interface CfgAdaptation {
  readonly classes: number;
  /** In pixels of the network's input, sorted by area; undefined leaves the cfg's own. */
  readonly anchors?: readonly (readonly [number, number])[];
  /** [width, height]; undefined leaves the cfg's own. */
  readonly inputSize?: readonly [number, number];
  /** Options to set in each [yolo], `iou_thresh` and the like; undefined leaves the cfg's own. */
  readonly yolo?: Readonly<Record<string, number | undefined>>;
}

/**
 * A cfg fitted to a dataset, with all else and all comments as they were: each [yolo] gets the number of classes and
 * the anchors, the convolution before it as many filters as follow from them (mask · (5 + classes)), [net] the size.
 * @throws UserError when the number of anchors is not the cfg's
 */
export function adaptCfg(text: string, file: string, adaptation: CfgAdaptation): string {
  const sections = parseCfgSections(text, file);
  const lines = text.split('\n');
  const added = new Map<number, string[]>();
  const set = (section: CfgSection, key: string, value: string | number): void => {
    const option = section.options.get(key);
    if (option) lines[option.line - 1] = `${key}=${value}`;
    else added.set(section.line, [...(added.get(section.line) ?? []), `${key}=${value}`]);
  };
  const [net] = sections;
  if (net && adaptation.inputSize) {
    set(net, 'width', adaptation.inputSize[0]);
    set(net, 'height', adaptation.inputSize[1]);
  }
  for (const [index, section] of sections.entries()) {
    if (section.type !== 'yolo') continue;
    const flat = section.options.get('anchors')?.text.split(',').filter(Boolean).length ?? 0;
    const count = Number(section.options.get('num')?.text ?? flat / 2);
    const mask = section.options.get('mask')?.text.split(',').filter(Boolean).length ?? count;
    const { anchors } = adaptation;
    if (anchors) {
      if (anchors.length !== count)
        throw new UserError(
          `${file}:${section.line}: this [yolo] has num=${count} anchors, the anchors input has ${anchors.length}.`,
          { hint: `Set \`count: ${count}\` in the anchors stage.` },
        );
      set(section, 'anchors', anchors.map((anchor) => anchor.map((side) => side.toFixed(1)).join(',')).join(', ')); // prettier-ignore
    }
    set(section, 'classes', adaptation.classes);
    for (const [key, value] of Object.entries(adaptation.yolo ?? {}))
      if (value !== undefined) set(section, key, value);
    const before = sections[index - 1];
    if (before?.type === 'convolutional') set(before, 'filters', mask * (5 + adaptation.classes));
  }
  return lines.flatMap((line, index) => [line, ...(added.get(index + 1) ?? [])]).join('\n');
}
