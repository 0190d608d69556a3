import { nearestName } from '../../pipeline/core/nearest-name.js';
import type { JsonValue } from '../../pipeline/core/json.js';
import { ParamsError } from '../../pipeline/stage/params-error.js';
import { unreachable } from '../../pipeline/core/unreachable.js';
import { parseDistributions } from './distributions.js';
import type { RenderParams } from './params.js';
import { cameraNames } from './randomize/camera.js';
import { blockNames, parametersOf } from './randomize/schema.js';
import { fitsPattern, isSelected, type Selector } from './randomize/selector.js';
import { isThere } from './scene-facts.js';
import type { DescribedParameter, ReadableScene, SceneInspection } from './scene-inspection.js';

type Place = readonly (string | number)[];

/**
 * Holds the params against what Blender found in the scene.
 * @throws ParamsError that points at what is wrong: the scene cannot be opened, lacks files, a camera or targets, or
 * has nothing of a name
 */
export async function checkScene(params: RenderParams, facts: SceneInspection): Promise<void> {
  if (facts.error !== null) {
    const { message, place, lines } = facts.error;
    throw new ParamsError(['scene'], place === null ? message : `${place}: ${message}`, { details: lines });
  }
  if (facts.newerThanBlender !== null)
    throw new ParamsError(
      ['scene'],
      `${params.scene} was written by Blender ${facts.newerThanBlender}, which is newer than the one in use: what it holds would be lost in part.`,
      { hint: 'Name a newer Blender (`blender:`, or $BLENDER), or save the file from the older one.' },
    );
  await expectFiles(params, facts);
  if (facts.parameters) checkParameters(params, facts, facts.parameters);
  else checkBlend(params, facts);
}

async function expectFiles(params: RenderParams, facts: ReadableScene): Promise<void> {
  const missing: string[] = [];
  for (const { path, kind } of facts.files)
    if (kind !== 'other' && !(await isThere(path)))
      missing.push(
        `${kind === 'library' ? 'linked library' : kind === 'image' ? 'texture' : 'module'} ${path}`,
      );
  const [first, ...others] = missing;
  if (first === undefined) return;
  throw new ParamsError(['scene'], `${params.scene} reads files that are not there: the ${first}`, {
    details: others,
    hint: 'Put them back, or open the scene in Blender: File, External Data, Find Missing Files.',
  });
}

/** The names of a Python scene's parameters, and the values of those that take only some. */
function checkParameters(
  { scene, randomize }: RenderParams,
  facts: ReadableScene,
  described: Readonly<Record<string, DescribedParameter>>,
): void {
  const apart = new Set(Object.keys(randomize.parameters ?? {}));
  for (const [name, value] of Object.entries(parametersOf(randomize))) {
    const place = ['randomize', ...(apart.has(name) ? ['parameters'] : []), name];
    checkParameter(scene, described, name, value ?? null, place, '');
  }
  // A scene with a camera code of its own takes whatever that code takes.
  if (facts.ownCamera !== false) return;
  for (const name of Object.keys(randomize.camera ?? {}))
    if (!cameraNames.includes(name))
      throw new ParamsError(['randomize', 'camera', name], `A camera has no ${name}.`, {
        hint: hintAmong(name, cameraNames),
      });
}

function checkParameter(
  scene: string,
  described: Readonly<Record<string, DescribedParameter>>,
  name: string,
  value: JsonValue,
  place: Place,
  prefix: string,
): void {
  const known = described[name];
  if (!known) {
    const names = Object.keys(described);
    const blocks = prefix === '' ? blockNames : [];
    const shown = names.length === 0 ? 'none' : names.map((own) => `${prefix}${own}`).join(', ');
    const near = nearestName(name, [...names, ...blocks]);
    const meant = near === undefined ? '' : ` Did you mean ${prefix}${near}?`;
    throw new ParamsError(place, `${scene} has no parameter ${prefix}${name}.${meant} It has: ${shown}.`);
  }
  const tree = parseDistributions(value);
  if (!known.parameter) {
    if (!('branches' in tree))
      throw new ParamsError(place, `${scene}: ${prefix}${name} is a group of parameters, not a value.`, {
        hint: `It has: ${Object.keys(known.members ?? {}).join(', ')}.`,
      });
    for (const [member, part] of Object.entries(value as Record<string, JsonValue>))
      checkParameter(scene, known.members ?? {}, member, part, [...place, member], `${prefix}${name}.`);
    return;
  }
  const choices = known.choices;
  if (!choices || !('leaf' in tree)) return;
  for (const drawn of valuesOf(tree.leaf))
    if (!choices.some((choice) => JSON.stringify(choice) === JSON.stringify(drawn)))
      throw new ParamsError(
        place,
        `${scene}: ${prefix}${name} must be one of ${choices.map(String).join(', ')}, not ${JSON.stringify(drawn)}.`,
        typeof drawn === 'string' ? { hint: hintAmong(drawn, choices.map(String)) } : {},
      );
}

/** The values that a distribution over a few of them may draw. */
function valuesOf(
  leaf: Extract<ReturnType<typeof parseDistributions>, { leaf: unknown }>['leaf'],
): readonly JsonValue[] {
  switch (leaf.kind) {
    case 'constant':
      return [leaf.value];
    case 'pool':
      return leaf.options.map(({ value }) => value);
    case 'uniform':
    case 'logUniform':
    case 'integer':
    case 'normal':
    case 'glob':
      return [];
    default:
      return unreachable(leaf);
  }
}

/** A .blend is the same in every frame: a rule about nothing, a view without a camera, no target are mistakes. */
function checkBlend({ scene, randomize, targets }: RenderParams, facts: ReadableScene): void {
  if (randomize.camera === undefined) checkCamera(scene, facts);
  const { objects, collections, materials } = facts;
  if (!objects) return;
  const expect = (rule: Selector, place: Place): void => {
    if (objects.some((object) => isSelected(object, rule))) return;
    throw nothingSelected(scene, rule, place, facts);
  };
  targets.forEach((rule, index) => expect(rule, ['targets', index]));
  const marked = objects.filter(
    (object) => 'class' in object.properties || targets.some((rule) => isSelected(object, rule)),
  );
  if (marked.length === 0)
    throw new ParamsError(
      ['scene'],
      `${scene} has no targets: no object carries the custom property class.`,
      {
        hint: 'Add the property in Blender, or name objects under `targets`: [{ objects: "Chair*", class: chair }].',
      },
    );
  if (!marked.some(({ type, instances }) => type === 'MESH' || instances))
    throw new ParamsError(
      ['scene'],
      `${scene} has no targets with a mesh: ${marked.map(({ name, type }) => `${name} is a ${type.toLowerCase()}`).join(', ')}.`,
      { hint: 'Give the class to meshes, or to instances of collections.' },
    );
  randomize.materials?.forEach((rule, index) => {
    const place = ['randomize', 'materials', index];
    if (rule.objects ?? rule.collection ?? rule.property) expect(rule, place);
    const { material } = rule;
    if (material === undefined || materials?.some((name) => fitsPattern(name, material))) return;
    throw new ParamsError([...place, 'material'], `${scene} has no material ${material}.`, {
      hint: hintAmong(material, materials ?? []),
    });
  });
  const { choose, scatter, jitter } = randomize.objects ?? {};
  scatter?.forEach((rule, index) => expect(rule, ['randomize', 'objects', 'scatter', index]));
  jitter?.forEach((rule, index) => expect(rule, ['randomize', 'objects', 'jitter', index]));
  choose?.forEach(({ collection }, index) => {
    if (collections?.some((name) => fitsPattern(name, collection))) return;
    throw new ParamsError(
      ['randomize', 'objects', 'choose', index, 'collection'],
      `${scene} has no collection ${collection}.`,
      { hint: hintAmong(collection, collections ?? []) },
    );
  });
}

function checkCamera(scene: string, { camera }: ReadableScene): void {
  if (!camera)
    throw new ParamsError(['scene'], `${scene} has no camera.`, {
      hint: 'Add one in Blender, or let the pipeline place one: randomize: { camera: { distance: 4 } }.',
    });
  if (camera.type !== 'PERSP' || camera.shifted)
    throw new ParamsError(
      ['scene'],
      `${scene}: the camera ${camera.name} ${camera.type === 'PERSP' ? 'has a shifted lens' : `is ${camera.type.toLowerCase()}`}; records describe perspective cameras without a shift only.`,
    );
}

function nothingSelected(scene: string, rule: Selector, place: Place, facts: ReadableScene): ParamsError {
  const objects = facts.objects ?? [];
  if (rule.objects !== undefined && !objects.some(({ name }) => fitsPattern(name, rule.objects ?? '')))
    return new ParamsError([...place, 'objects'], `${scene} has no object ${rule.objects}.`, {
      hint: hintAmong(rule.objects, objects.map(({ name }) => name)), // prettier-ignore
    });
  if (rule.collection !== undefined)
    return new ParamsError(
      [...place, 'collection'],
      `${scene} has no such object in a collection ${rule.collection}.`,
      {
        hint: hintAmong(rule.collection, facts.collections ?? []),
      },
    );
  const properties = [...new Set(objects.flatMap((object) => Object.keys(object.properties)))];
  return new ParamsError(
    [...place, 'property'],
    `${scene} has no object with the property ${rule.property ?? ''}.`,
    {
      hint: hintAmong(rule.property ?? '', properties),
    },
  );
}

const shownNames = 12;

function hintAmong(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  if (known.length === 0) return 'It has none at all.';
  return `There are: ${known.slice(0, shownNames).join(', ')}${known.length > shownNames ? ', …' : ''}.`;
}
