import { isScalar, parseDocument, visit, type Document, type LineCounter } from 'yaml';

/** `${name}`: what YAML would take for the end of a `{ }` or `[ ]` that it stands in. */
const reference = /\$\{([^{}[\],"'\n]*)\}/g;
/** The first of the characters that Unicode leaves to everybody's private use. */
const firstPrivate = 0xe000;

/**
 * Parses YAML in which `${…}` needs no quotes anywhere, inside `{ }` and `[ ]` neither. While it is parsed, other
 * characters stand for the braces of references, one for one, so that every place in the text stays what it is.
 */
export function parseYaml(text: string, lines?: LineCounter): Document {
  const [open = '', close = ''] = unusedCharacters(text);
  const document = parseDocument(
    text.replace(reference, (_whole, name: string) => `$${open}${name}${close}`),
    { prettyErrors: false, merge: true, ...(lines ? { lineCounter: lines } : {}) },
  );
  const stood = new RegExp(`\\$${open}([^${open}${close}]*)${close}`, 'g');
  const restored = (part: string): string => part.replace(stood, '${$1}');
  visit(document, (_key, node) => {
    if (!isScalar(node)) return;
    if (typeof node.value === 'string') node.value = restored(node.value);
    if (node.source !== undefined) node.source = restored(node.source);
  });
  for (const error of [...document.errors, ...document.warnings]) error.message = restored(error.message);
  return document;
}

/** Two characters that do not stand in the text. */
function unusedCharacters(text: string): readonly string[] {
  const unused: string[] = [];
  for (let code = firstPrivate; unused.length < 2; code++) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) unused.push(character);
  }
  return unused;
}
