import { z } from 'zod';

/** Which objects of a scene a rule is about; everything that is given must hold. */
export const selectorShape = {
  objects: z
    .string()
    .min(1)
    .optional()
    .describe('Pattern of object names: * stands for any letters, ? for one.'),
  collection: z.string().min(1).optional().describe('Pattern of collection names; what lies deeper counts.'),
  property: z
    .string()
    .min(1)
    .optional()
    .describe('A custom property that the object carries: `name`, or `name=value`.'),
};

/** The selector of a rule alone. */
export interface Selector {
  readonly objects?: string | undefined;
  readonly collection?: string | undefined;
  readonly property?: string | undefined;
}

/** Adds an issue to a rule that selects nothing in particular. */
export function expectSelector(
  rule: Selector & { readonly material?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (rule.objects ?? rule.collection ?? rule.property ?? rule.material) return;
  context.addIssue({
    code: 'custom',
    message: 'say which objects: objects, collection or property (objects: "*" for all)',
    input: rule,
  });
}

/** The selector of a rule without what else the rule holds, as Blender gets it. */
export function selectorOf({ objects, collection, property }: Selector): Record<string, string> {
  return {
    ...(objects === undefined ? {} : { objects }),
    ...(collection === undefined ? {} : { collection }),
    ...(property === undefined ? {} : { property }),
  };
}

/** Whether a name fits a pattern of `*` and `?`; as fits() of blender/darkroom/selection.py. */
export function fitsPattern(name: string, pattern: string): boolean {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(name);
}

/** What can be told of an object without opening the scene again. */
export interface KnownObject {
  readonly name: string;
  readonly collections: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

/** Whether a rule is about this object. */
export function isSelected(object: KnownObject, { objects, collection, property }: Selector): boolean {
  if (objects !== undefined && !fitsPattern(object.name, objects)) return false;
  if (collection !== undefined && !object.collections.some((name) => fitsPattern(name, collection)))
    return false;
  if (property === undefined) return true;
  const [name = '', wanted] = splitOnce(property);
  const value = object.properties[name];
  return value !== undefined && (wanted === undefined || value === wanted);
}

function splitOnce(text: string): readonly [string, string?] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
