import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { annotationError } from '../annotation-place.js';

/** Text, or elements by name, each a list in the order of the file. */
export type XmlNode = string | { readonly [name: string]: readonly XmlNode[] };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  // Entities of the file's own could grow without end; the five that XML itself has are put in by hand.
  processEntities: false,
  trimValues: true,
  isArray: () => true,
});

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Parses XML without attributes and without entities of its own.
 * @param root the name of the outermost element
 * @throws UserError with file and line for XML that is none, that declares a document type, or has another root
 */
export function parseXml(text: string, root: string, file: string): XmlNode {
  const declaration = text.search(/<!(DOCTYPE|ENTITY)/i);
  if (declaration >= 0)
    throw annotationError(
      { file, line: text.slice(0, declaration).split('\n').length },
      'the file declares a document type or entities, which are not read.',
      'Take the declaration out; annotations need none.',
    );
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw annotationError({ file, line: valid.err.line }, `not XML: ${valid.err.msg}`);
  const document = parser.parse(text) as Readonly<Record<string, readonly XmlNode[]>>;
  const [node] = document[root] ?? [];
  if (node === undefined)
    throw annotationError(
      { file },
      `<${root}> is expected, but <${Object.keys(document)[0] ?? ''}> stands there.`,
    );
  return node;
}

/** The elements of this name in a node. */
export function childrenOf(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  return typeof node === 'object' && Object.hasOwn(node, name) ? (node[name] ?? []) : [];
}

/** The text of the first element of this name, entities put in; undefined when there is none or it is empty. */
export function textOf(node: XmlNode | undefined, name: string): string | undefined {
  const [child] = childrenOf(node, name);
  return typeof child !== 'string' || child === '' ? undefined : withEntities(child);
}

function withEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return named[name] ?? whole;
    const code = name[1]?.toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
