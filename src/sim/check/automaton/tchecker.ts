import type { Bound, Edge, TimedAutomaton } from './automaton.ts';

const conjunction = (bounds: readonly Bound[]): string =>
  bounds.map(({ clock, is, ms }) => `x${clock}${is}${ms}`).join('&&');

/** An attribute in the syntax of TChecker; none where it says nothing. */
const attribute = (key: string, value: string): string[] => (value === '' ? [] : [`${key}:${value}`]);

const edgeLine = ({ from, to, event, guard, resets }: Edge): string => {
  const attributes = [
    ...attribute('provided', conjunction(guard)),
    ...attribute('do', resets.map((clock) => `x${clock}=0`).join(';')),
  ];
  return `edge:world:l${from}:l${to}:${event}{${attributes.join(':')}}`;
};

/** A timed automaton for TChecker (https://github.com/ticktac-project/tchecker), whose labels are to be searched for. */
export function toTChecker({ title, clocks, locations, edges, labels }: TimedAutomaton): string {
  const events = [...new Set(edges.map(({ event }) => event))];
  return [
    // A comment ends with its line.
    `# ${title.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, ' ')}`,
    `# ${locations.length} locations, ${edges.length} edges, ${clocks} clocks in milliseconds`,
    `# tck-reach -a aLU-covreach -l LABEL FILE, with one of ${labels.join(', ')}: REACHABLE true where it is violated`,
    'system:ringproof',
    'process:world',
    ...events.map((event) => `event:${event}`),
    ...Array.from({ length: clocks }, (_, clock) => `clock:1:x${clock}`),
    ...locations.map(({ invariant, labels: own }, number) => {
      const attributes = [
        ...(number === 0 ? ['initial:'] : []),
        ...attribute('labels', own.join(',')),
        ...attribute('invariant', conjunction(invariant)),
      ];
      return `location:world:l${number}{${attributes.join(':')}}`;
    }),
    // TChecker knows only labels that some location has. Nothing leads to this one.
    `location:world:nowhere{labels:${labels.join(',')}}`,
    ...edges.map(edgeLine),
  ].join('\n');
}
