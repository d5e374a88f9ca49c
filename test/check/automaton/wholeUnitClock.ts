import type { ReadModel } from './readModels.ts';

type Bound = readonly [clock: string, is: string, ms: number];

const parsed = (text: string): Bound => {
  const [, clock = '', is = '', ms] = /^(\w+?)(<=|>=|<|>)(\d+)$/.exec(text) ?? [];
  return [clock, is, Number(ms)];
};

const meets = (value: number, [, is, ms]: Bound): boolean =>
  is === '<' ? value < ms : is === '<=' ? value <= ms : is === '>' ? value > ms : value >= ms;

/** Per location, the clocks that somebody looks at before they begin anew. */
function liveIn({ invariants, edges }: ReadModel): Map<string, Set<string>> {
  const live = new Map([...invariants].map(([name, bounds]) => [name, new Set(bounds.map((one) => parsed(one)[0]))]));
  for (let grows = true; grows; ) {
    grows = false;
    for (const { from, to, guard, resets } of edges) {
      const before = live.get(from) as Set<string>;
      const { size } = before;
      for (const one of guard) before.add(parsed(one)[0]);
      for (const clock of live.get(to) ?? []) if (!resets.includes(clock)) before.add(clock);
      grows ||= before.size > size;
    }
  }
  return live;
}

/**
 * The labels of all locations that a timed automaton reaches when time passes in whole units, one after another, by trying. It
 * knows nothing of what made the automaton.
 */
export function labelsReached(model: ReadModel): { readonly labels: ReadonlySet<string>; readonly states: number } {
  const live = liveIn(model);
  const invariants = new Map([...model.invariants].map(([name, bounds]) => [name, bounds.map(parsed)]));
  const edgesFrom = new Map<string, { to: string; guard: Bound[]; resets: readonly string[] }[]>();
  for (const { from, to, guard, resets } of model.edges) {
    edgesFrom.set(from, [...(edgesFrom.get(from) ?? []), { to, guard: guard.map(parsed), resets }]);
  }
  const labels = new Set<string>();
  const seen = new Set<string>();
  const open: { location: string; clocks: ReadonlyMap<string, number> }[] = [];
  const arrive = (location: string, clocks: ReadonlyMap<string, number>) => {
    const own = new Map([...(live.get(location) ?? [])].sort().map((clock) => [clock, clocks.get(clock) ?? 0]));
    const isAllowed = invariants.get(location)?.every((one) => meets(own.get(one[0]) ?? 0, one)) ?? false;
    const key = `${location} ${[...own.values()].join()}`;
    if (!isAllowed || seen.has(key)) return;
    seen.add(key);
    for (const label of model.labels.get(location) ?? []) labels.add(label);
    open.push({ location, clocks: own });
  };
  arrive(model.initial, new Map());
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const { location, clocks } = state;
    const edges = edgesFrom.get(location) ?? [];
    const later = (ms: number) => new Map([...clocks].map(([clock, value]) => [clock, value + ms]));
    const isOpen = (guard: readonly Bound[]) => guard.every((one) => meets(clocks.get(one[0]) ?? 0, one));
    const enabled = edges.filter(({ guard }) => isOpen(guard));
    for (const { to, resets } of enabled) {
      arrive(to, new Map([...clocks].map(([clock, value]) => [clock, resets.includes(clock) ? 0 : value])));
    }
    // Where nothing can happen, time passes at once until something may: no bound changes its answer before that.
    const waits = edges.flatMap(({ guard }) =>
      guard.map(([clock, is, ms]) => ms + (is === '>=' || is === '<' ? 0 : 1) - (clocks.get(clock) ?? 0)),
    );
    const next = Math.min(...waits.filter((ms) => ms > 0));
    if (enabled.length > 0) arrive(location, later(1));
    else if (Number.isFinite(next)) arrive(location, later(next));
  }
  return { labels, states: seen.size };
}
