import sax from 'sax';
import { deepestNesting } from '../sim/input/nesting.ts';
import type { Refuse } from './entry.ts';
import type { Field, Tree } from './treeEntries.ts';

interface Element extends Tree {
  readonly fields: Field[];
  readonly children: Tree[];
  text: string;
}

const element = (name: string, line: number): Element => ({
  name: name.replace(/^.*:/, ''),
  line,
  fields: [],
  children: [],
  text: '',
});

/** An XML text as a tree with its lines. Entities that a DTD defines are never expanded: such a text is refused. */
export function readXml(text: string, refuse: Refuse): Tree {
  const parser = sax.parser(true, { position: true });
  const top = element('', 1);
  const open: Element[] = [top];
  const line = () => parser.line + 1;
  let begunAt = 1;
  parser.onerror = ({ message }) => refuse(`invalid XML (${message.split('\n', 1)[0]})`, line());
  parser.ondoctype = (doctype) => {
    if (/<!ENTITY/i.test(doctype)) refuse('XML that defines entities of its own', line());
  };
  parser.onopentagstart = () => {
    begunAt = line();
  };
  parser.onopentag = ({ name, attributes }) => {
    if (open.length > deepestNesting) refuse(`more than ${deepestNesting} levels`, begunAt);
    const one = element(name, begunAt);
    for (const [attribute, value] of Object.entries(attributes)) {
      const isOurs = !/^xmlns(?::|$)|^xsi:/.test(attribute);
      if (isOurs) one.fields.push({ name: attribute, value: String(value), line: begunAt });
    }
    open.push(one);
  };
  const append = (more: string) => {
    const innermost = open.at(-1);
    if (innermost !== undefined) innermost.text += more;
  };
  parser.ontext = append;
  parser.oncdata = append;
  parser.onclosetag = () => {
    const one = open.pop();
    if (one !== undefined) close(one, open.at(-1) ?? top);
  };
  parser.write(text).close();
  const [root] = top.children;
  return root ?? { ...top, name: '' };
}

/** A leaf of text is a value of the element around it; text beside attributes is the element's own `value`. */
function close(one: Element, around: Element): void {
  const value = one.text.trim();
  const isLeaf = one.children.length === 0 && one.fields.length === 0;
  if (isLeaf && value !== '') {
    around.fields.push({ name: one.name, value, line: one.line });
    return;
  }
  if (value !== '') one.fields.push({ name: 'value', value, line: one.line });
  around.children.push(one);
}
