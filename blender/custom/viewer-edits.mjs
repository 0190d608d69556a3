/**
 * The two edits that make Viewer nodes work in a Blender without a window. The compositor asks each operation
 * whether anybody wants its output, and those two answer "no" in the background. Known to stand so in 2.92 to 3.6;
 * from 4.0 on, the compositor is another one.
 */

/**
 * @typedef {object} ViewerEdit
 * @property {string} file relative to the source tree
 * @property {RegExp} before what stands in the function's body
 * @property {string} after what takes its place
 */

/** @type {readonly ViewerEdit[]} */
export const viewerEdits = [
  {
    file: 'source/blender/compositor/operations/COM_ViewerOperation.h',
    before: /[ \t]*if \(G\.background\) \{\s*return false;\s*\}\n/,
    after: '',
  },
  {
    file: 'source/blender/compositor/operations/COM_PreviewOperation.h',
    before: /return !G\.background;/,
    after: 'return true;',
  },
];

/** From 3.0 on, and before. */
const functionHead =
  /\bbool (?:is_output_operation|isOutputOperation)\(bool[^)]*\) const(?: override)?\s*(?=\{)/;

/**
 * A source file with its edit made.
 * @param {string} text the file as it is
 * @param {ViewerEdit} edit
 * @returns {{ state: 'edited', text: string } | { state: 'already edited' } | { state: 'not found' }} "already
 *   edited" when the function is there without what the edit would take out
 */
export function editSource(text, { before, after }) {
  const head = functionHead.exec(text);
  if (head === null) return { state: 'not found' };
  const start = head.index + head[0].length;
  const end = endOfBlock(text, start);
  if (end === undefined) return { state: 'not found' };
  const body = text.slice(start, end);
  if (before.test(body))
    return { state: 'edited', text: text.slice(0, start) + body.replace(before, after) + text.slice(end) };
  // Without the edit's place, a body that still looks at G.background is one that this program does not know.
  return { state: /G\.background/.test(body) ? 'not found' : 'already edited' };
}

/**
 * The index after the brace that closes the one at `start`.
 * @param {string} text
 * @param {number} start
 * @returns {number | undefined}
 */
function endOfBlock(text, start) {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === '{') depth++;
    if (text[index] === '}' && --depth === 0) return index + 1;
  }
  return undefined;
}
