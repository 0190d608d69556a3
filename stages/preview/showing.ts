import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { PreviewRequest } from './drawer.js';

/** More names than that help nobody in a message. */
const shownNames = 100;

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What can be asked of a picture, whatever artifact it is of. */
interface Shown {
  readonly attributes: Attributes;
  readonly objects: readonly { readonly class: string; readonly attributes?: Attributes | undefined }[];
}

/**
 * The pictures that show one of the wanted classes and have all wanted attributes, their own or an object's.
 * @throws UserError for a class, an attribute or a value that no picture has, and for a condition that is no `name=value`
 */
export function showing<T extends Shown>(
  pictures: readonly T[],
  { classes, where }: Pick<PreviewRequest, 'classes' | 'where'>,
): readonly T[] {
  const conditions = where.map((text) => {
    const [name, ...value] = text.split('=');
    if (name === undefined || name === '' || value.length === 0)
      throw new UserError(`--where ${text} is no condition.`, { hint: 'Write --where name=value.' });
    return { name, value: value.join('=') };
  });
  const known = new Set(pictures.flatMap(({ objects }) => objects.map((object) => object.class)));
  for (const name of classes)
    if (!known.has(name)) throw nothingCalled('an object of the class', name, known);
  const names = new Set(pictures.flatMap((picture) => attributesOf(picture).flatMap(Object.keys)));
  for (const { name, value } of conditions) {
    if (!names.has(name)) throw nothingCalled('the attribute', name, names);
    const values = new Set(pictures.flatMap((picture) => valuesOf(picture, name)));
    if (!values.has(value)) throw nothingCalled(`the ${name}`, value, values);
  }
  return pictures.filter(
    (picture) =>
      (classes.length === 0 || picture.objects.some((object) => classes.includes(object.class))) &&
      conditions.every(({ name, value }) => valuesOf(picture, name).includes(value)),
  );
}

/** The values of an attribute of the picture itself and of its objects. */
function valuesOf(picture: Shown, name: string): readonly string[] {
  return attributesOf(picture).flatMap((attributes) =>
    Object.hasOwn(attributes, name) ? [String(attributes[name])] : [],
  );
}

function attributesOf({ attributes, objects }: Shown): readonly Attributes[] {
  return [attributes, ...objects.map((object) => object.attributes ?? {})];
}

function nothingCalled(what: string, name: string, known: ReadonlySet<string>): UserError {
  const near = nearestName(name, known);
  const sorted = [...known].sort();
  const list = `${sorted.slice(0, shownNames).join(', ')}${sorted.length > shownNames ? ', …' : ''}`;
  return new UserError(`No picture has ${what} "${name}".`, {
    hint: `${list === '' ? 'There are none at all.' : `There are ${list}.`}${near === undefined ? '' : ` Is "${near}" meant?`}`,
  });
}
