import sax from 'sax';

/** A timed automaton as its text says it. Bounds are texts such as `x1<=5`. */
export interface ReadModel {
  readonly initial: string;
  readonly invariants: ReadonlyMap<string, readonly string[]>;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly edges: readonly ReadEdge[];
}

interface ReadEdge {
  readonly from: string;
  readonly to: string;
  readonly guard: readonly string[];
  readonly resets: readonly string[];
}

const identifier = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const bound = /^(\w+)(<|<=|>=|>)\d+$/;

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const split = (text: string | undefined, by: string): string[] => (text ? text.split(by) : []);

/** Reads a model of TChecker, and refuses what its file format (doc/file-format.md of TChecker 0.8) does not allow. */
export function readTChecker(text: string): ReadModel {
  const known = new Map<string, Set<string>>();
  const declare = (kind: string, name = '') => {
    demand(identifier.test(name), `${kind} ${name} is no identifier`);
    const names = known.get(kind) ?? new Set<string>();
    demand(!names.has(name), `${kind} ${name} is declared twice`);
    known.set(kind, names.add(name));
  };
  const use = (kind: string, name = '') => demand(known.get(kind)?.has(name) === true, `${kind} ${name} is unknown`);
  const clocksOf = (bounds: readonly string[]) => {
    for (const one of bounds) {
      demand(bound.test(one), `${one} is no bound of a clock`);
      use('clock', bound.exec(one)?.[1]);
    }
    return bounds;
  };
  const invariants = new Map<string, readonly string[]>();
  const labels = new Map<string, readonly string[]>();
  const edges: ReadEdge[] = [];
  const initial: string[] = [];
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  demand(lines[0]?.startsWith('system:') === true, 'the system must be declared first');
  for (const line of lines) {
    const [, head = '', attributes] = /^([^{}@#]+)(?:\{([^{}@#\s]*)\})?$/.exec(line) ?? [];
    const [kind, ...names] = head.split(':');
    const given = new Map(
      [...(attributes ?? '').matchAll(/(\w+):([^:]*?)(?=:\w+:|$)/g)].map(([, key, value]) => [key as string, value]),
    );
    if (kind === 'system' || kind === 'process' || kind === 'event') {
      demand(names.length === 1, `${line}: one name`);
      declare(kind, names[0]);
    } else if (kind === 'clock') {
      demand(names.length === 2 && names[0] === '1', `${line}: a size and a name`);
      declare('clock', names[1]);
    } else if (kind === 'location') {
      const [process, name = ''] = names;
      use('process', process);
      declare('location', name);
      invariants.set(name, clocksOf(split(given.get('invariant'), '&&')));
      labels.set(name, split(given.get('labels'), ','));
      if (given.has('initial')) initial.push(name);
    } else {
      demand(kind === 'edge' && names.length === 4, `${line}: what is that?`);
      const [process, from = '', to = '', event] = names;
      use('process', process);
      for (const name of [from, to]) use('location', name);
      use('event', event);
      const resets = split(given.get('do'), ';').map((one) => one.replace(/=0$/, ''));
      for (const clock of resets) use('clock', clock);
      edges.push({ from, to, guard: clocksOf(split(given.get('provided'), '&&')), resets });
    }
  }
  demand(initial.length === 1, 'one initial location');
  return { initial: initial[0] as string, invariants, labels, edges };
}

/** The elements of a system of UPPAAL and the order of what is in them, from its DTD (flat-1_6.dtd). */
const contents: Readonly<Record<string, RegExp>> = {
  nta: /^(declaration )?(template )+(system )(queries )?$/,
  declaration: /^$/,
  template: /^(name )(declaration )?(location )*(init )?(transition )*$/,
  name: /^$/,
  location: /^(name )?(label )*$/,
  init: /^$/,
  transition: /^(source )(target )(label )*$/,
  source: /^$/,
  target: /^$/,
  label: /^$/,
  system: /^$/,
  queries: /^(query )*$/,
  query: /^(formula )(comment )$/,
  formula: /^$/,
  comment: /^$/,
};

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

function elementsOf(text: string): Element {
  const parser = sax.parser(true);
  const open: Element[] = [{ name: '', attributes: {}, children: [], text: '' }];
  parser.onopentag = ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  };
  parser.ontext = (more) => {
    (open.at(-1) as Element).text += more;
  };
  parser.onclosetag = () => {
    const { name, children } = open.pop() as Element;
    const order = children.map((child) => `${child.name} `).join('');
    demand(contents[name]?.test(order) === true, `${name} contains ${order}`);
  };
  parser.onerror = (error) => {
    throw error;
  };
  parser.write(text).close();
  return open[0]?.children[0] as Element;
}

/** Reads a model of UPPAAL, and refuses what its DTD or its declarations do not allow. */
export function readUppaal(text: string): ReadModel & { readonly queries: readonly string[] } {
  const nta = elementsOf(text);
  const childrenOf = ({ children }: Element, name: string) => children.filter((one) => one.name === name);
  const [declaration, template, queries] = ['declaration', 'template', 'queries'].map(
    (name) => childrenOf(nta, name)[0] as Element,
  ) as [Element, Element, Element];
  const clocks = split(/^clock ([^;]*);$/m.exec(declaration.text)?.[1], ', ');
  const wrongs = [...declaration.text.matchAll(/^bool (wrong_\w+) = (?:true|false);$/gm)].map(([, name]) => name);
  const labelled = (element: Element, kind: string) =>
    childrenOf(element, 'label').find(({ attributes }) => attributes.kind === kind)?.text;
  const boundsOf = (element: Element, kind: string) =>
    split(labelled(element, kind), ' && ').map((one) => {
      const compact = one.replaceAll(' ', '');
      demand(bound.test(compact) && clocks.includes(bound.exec(compact)?.[1] ?? ''), `${one} is no bound of a clock`);
      return compact;
    });
  const locations = childrenOf(template, 'location');
  const ids = locations.map(({ attributes }) => attributes.id as string);
  demand(new Set(ids).size === ids.length, 'two locations of one name');
  const labels = new Map<string, readonly string[]>(ids.map((id) => [id, []]));
  const edges = childrenOf(template, 'transition').map((transition): ReadEdge => {
    const [from = '', to = ''] = ['source', 'target'].map((name) => childrenOf(transition, name)[0]?.attributes.ref);
    demand(ids.includes(from) && ids.includes(to), `${from} or ${to} is no location`);
    const assigned = split(labelled(transition, 'assignment'), ', ');
    const wrong = assigned.flatMap((one) => (/ = true$/.test(one) ? [one.replace(' = true', '')] : []));
    for (const one of wrong) demand(wrongs.includes(one), `${one} is not declared`);
    labels.set(
      to,
      wrong.map((one) => one.replace('wrong_', '')),
    );
    const resets = assigned.flatMap((one) => (/^x\d+ = 0$/.test(one) ? [one.replace(' = 0', '')] : []));
    demand(wrong.length + resets.length === assigned.length, `${assigned}: what is that?`);
    return { from, to, guard: boundsOf(transition, 'guard'), resets };
  });
  return {
    initial: childrenOf(template, 'init')[0]?.attributes.ref as string,
    invariants: new Map(locations.map((one) => [one.attributes.id as string, boundsOf(one, 'invariant')])),
    labels,
    edges,
    queries: childrenOf(queries, 'query').map((query) => childrenOf(query, 'formula')[0]?.text as string),
  };
}
