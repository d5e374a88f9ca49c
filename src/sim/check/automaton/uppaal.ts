import type { Bound, Edge, Location, TimedAutomaton } from './automaton.ts';

/** A text within an element. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[^\t\x20-\x7e\u00a0-\ud7ff]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const label = (kind: string, text: string): string =>
  text === '' ? '' : `<label kind="${kind}">${escaped(text)}</label>`;

const conjunction = (bounds: readonly Bound[]): string =>
  bounds.map(({ clock, is, ms }) => `x${clock} ${is} ${ms}`).join(' && ');

/** The variable that is true from where something is wrong on. */
const wrong = (name: string): string => `wrong_${name}`;

/** So many locations stand in a row of the drawing, so far apart. */
const [perRow, apart] = [24, 160];

function locationElement({ invariant }: Location, number: number): string {
  const [x, y] = [(number % perRow) * apart, Math.floor(number / perRow) * apart];
  return `<location id="l${number}" x="${x}" y="${y}"><name>l${number}</name>${label('invariant', conjunction(invariant))}</location>`;
}

/** What begins with an edge: clocks, and what is wrong from there on. */
const assignments = ({ resets }: Edge, { labels }: Location): string =>
  [...resets.map((clock) => `x${clock} = 0`), ...labels.map((name) => `${wrong(name)} = true`)].join(', ');

const transitionElement = (edge: Edge, target: Location): string =>
  [
    `<transition><source ref="l${edge.from}"/><target ref="l${edge.to}"/>`,
    label('guard', conjunction(edge.guard)),
    label('assignment', assignments(edge, target)),
    label('comments', edge.event),
    '</transition>',
  ].join('');

/** A timed automaton for UPPAAL 4.1 and 5 (https://uppaal.org), with a query for each property and for the trap. */
export function toUppaal({ title, clocks, locations, edges, labels }: TimedAutomaton): string {
  const first = locations[0]?.labels ?? [];
  const declarations = [
    `// ${title}`,
    `// ${locations.length} locations, ${edges.length} edges; a unit of time is a millisecond.`,
    `clock ${Array.from({ length: clocks }, (_, clock) => `x${clock}`).join(', ')};`,
    ...labels.map((name) => `bool ${wrong(name)} = ${first.includes(name)};`),
  ];
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    "<!DOCTYPE nta PUBLIC '-//Uppaal Team//DTD Flat System 1.6//EN' 'http://www.it.uu.se/research/group/darts/uppaal/flat-1_6.dtd'>",
    '<nta>',
    `<declaration>${declarations.map(escaped).join('\n')}</declaration>`,
    '<template><name>World</name>',
    ...locations.map(locationElement),
    '<init ref="l0"/>',
    ...edges.map((edge) => transitionElement(edge, locations[edge.to] as Location)),
    '</template>',
    '<system>world = World();\nsystem world;</system>',
    '<queries>',
    ...labels.map((name) => `<query><formula>A[] not ${wrong(name)}</formula><comment>${name}</comment></query>`),
    '</queries>',
    '</nta>',
  ].join('\n');
}
