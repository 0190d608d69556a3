import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCounter, isScalar, parseDocument, visit, type Document } from 'yaml';
import { parseYaml } from '../../../pipeline/file/parse-yaml.js';

/** Every scalar with its place in the text. */
function scalars(document: Document): readonly unknown[] {
  const found: unknown[] = [];
  visit(document, (_key, node) => {
    if (isScalar(node)) found.push([node.value, node.range?.slice(0, 2)]);
  });
  return found;
}

describe('YAML with references', () => {
  it.each<[string, string, unknown]>([
    ['in a mapping', 'in: { datasets: ${matrix.arm} }', { in: { datasets: '${matrix.arm}' } }],
    ['in a list', '[a, ${vars.b}, ${ vars.c }]', ['a', '${vars.b}', '${ vars.c }']],
    ['as part of a text', '{ a: x-${vars.b}/${vars.c}.png }', { a: 'x-${vars.b}/${vars.c}.png' }],
    ['that are meant literally', '{ a: $${vars.b} }', { a: '$${vars.b}' }],
    ['in quotes', `{ a: "\${vars.b}", c: '\${vars.d}' }`, { a: '${vars.b}', c: '${vars.d}' }],
    ['outside of any bracket', 'a: ${vars.b}\nc: |\n  x ${vars.d}\n', { a: '${vars.b}', c: 'x ${vars.d}\n' }],
    ['as a key', '{ ${vars.a}: 1 }', { '${vars.a}': 1 }],
  ])('takes them %s', (_where, text, expected) => {
    const document = parseYaml(text);
    expect(document.errors).toEqual([]);
    expect(document.toJS()).toEqual(expected);
  });

  it('leaves every place where it is', () => {
    const lines = new LineCounter();
    const document = parseYaml('a: 1\nb: { c: ${vars.d}, e: [${f}, g] }\n', lines);
    const place = (offset: number | undefined): unknown => lines.linePos(offset ?? -1);
    const node = document.getIn(['b', 'e', 1], true);
    expect(isScalar(node) && place(node.range?.[0])).toEqual({ line: 2, col: 30 });
    expect(scalars(document)).toContainEqual(['${vars.d}', [13, 22]]);
  });

  it('finds the brackets that are not closed', () => {
    for (const text of ['{ a: ${vars.b }', '{ a: ${vars.b, c: 1 }', '[${a}'])
      expect(parseYaml(text).errors, text).not.toEqual([]);
  });

  it('keeps the characters that it makes use of', () => {
    expect(parseYaml('{ a: ${b}, c: "$\ue000d\ue001" }').toJS()).toEqual({ a: '${b}', c: '$\ue000d\ue001' });
  });

  it('reads whatever has no reference as YAML does, to the character', () => {
    const piece = fc.constantFrom(...'{}[]:,#\n "\'$ab-&*|>'.split(''), '${a}', ': ', '- ', '  ');
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (written) => {
        const plain = parseDocument(written, { prettyErrors: false, merge: true });
        // Where YAML has no objection, quotes or not, nothing may be read in another way.
        fc.pre(plain.errors.length === 0);
        const ours = parseYaml(written);
        expect(ours.errors).toEqual([]);
        if (!/\$\{/.test(written)) expect(scalars(ours)).toEqual(scalars(plain));
      }),
      { numRuns: 2000 },
    );
  });
});
