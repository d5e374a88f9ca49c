import everyChart from 'virtual:charts';
import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type PartyName, partyNames } from '../../../machines/messages.ts';
import { lanes, laneTitles } from '../../../sim/report/lanes.ts';
import type { Chart, ChartArrow, ChartLine, ChartState } from '../../charts/chart.ts';
import { activePaths } from '../../model/stateWords.ts';
import { useSize } from '../size.ts';
import { options, record, regions, step, trace } from '../store.ts';
import { snapshotAt } from './heads.ts';

/** What the reader chose to look at; null follows the selected step. */
const chosen = signal<{ readonly party: PartyName; readonly path: string | null } | null>(null);

const isParty = (name: string | undefined): name is PartyName => (partyNames as readonly string[]).includes(name ?? '');

const party = computed<PartyName>(() => {
  const target = record.value?.targetRef;
  return chosen.value?.party ?? (isParty(target) ? target : 'app');
});

const chartByKey = new Map(everyChart.map((one) => [one.key, one]));

/** A mode of somebody's own may have regions that no picture was made of: another one of the same place will do. */
const similar = (path: string): Chart | undefined =>
  everyChart.find((one) => one.party === party.value && one.path === path);

const charts = computed<readonly Chart[]>(() =>
  (regions.value?.[party.value] ?? []).flatMap(({ key, path }) => chartByKey.get(key) ?? similar(path) ?? []),
);

const pathsAt = (at: number): string[] => activePaths(snapshotAt(party.value, at)?.value).map((path) => path.join('.'));

/** The states that each party was in at some time of the run. */
const visited = computed(() => {
  const paths = new Map<string, Set<string>>(partyNames.map((one) => [one, new Set()]));
  const known = new Set<unknown>();
  for (const { targetRef, snapshot } of trace.value?.records ?? []) {
    // A long run comes back to few snapshots.
    if (snapshot === null || known.has(snapshot)) continue;
    known.add(snapshot);
    for (const path of activePaths(snapshot.value)) {
      for (const index of path.keys()) paths.get(targetRef)?.add(path.slice(0, index + 1).join('.'));
    }
  }
  return paths;
});

const before = computed(() => pathsAt(step.value - 1));
const now = computed(() => pathsAt(step.value));

const isIn = (state: string, active: readonly string[]): boolean =>
  active.some((path) => path === state || path.startsWith(`${state}.`));

/** Whether the active states within a region are others than before. */
const hasMoved = ({ path }: Chart): boolean => {
  const own = (paths: readonly string[]) => paths.filter((one) => path === '' || one.startsWith(`${path}.`)).join();
  return own(before.value) !== own(now.value);
};

/** The innermost region in which the step changed something, or else the first that is active. */
const shown = computed<Chart | undefined>(() => {
  const wanted = charts.value.find(({ path }) => path === chosen.value?.path);
  const active = charts.value.filter(({ path }) => path === '' || isIn(path, now.value));
  return wanted ?? active.findLast(hasMoved) ?? active.at(0) ?? charts.value.at(0);
});

/** Corners are rounded by this much. */
const radius = 6;

/** A line through points with round corners. */
function rounded(points: ChartArrow['points']): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map(([x, y], index) => {
    const next = rest[index + 1];
    if (next === undefined) return `L${x} ${y}`;
    const [fromX, fromY] = index === 0 ? first : (rest[index - 1] ?? first);
    const towards = (toX: number, toY: number) => {
      const length = Math.hypot(toX - x, toY - y);
      const share = length === 0 ? 0 : Math.min(radius, length / 2) / length;
      return `${x + (toX - x) * share} ${y + (toY - y) * share}`;
    };
    return `L${towards(fromX, fromY)}Q${x} ${y} ${towards(next[0], next[1])}`;
  });
  return `M${first[0]} ${first[1]}${parts.join('')}`;
}

/** How much an arrow stands out: it was just taken, or it could be taken now, or neither. */
function emphasis({ from, to, lines }: ChartArrow, pendingTypes: ReadonlySet<string>): 'taken' | 'ready' | '' {
  const happened = record.value;
  const concerns = happened?.targetRef === party.value;
  const isEntered = isIn(to, now.value) && !isIn(to, before.value);
  if (concerns && from !== null && isIn(from, before.value) && isEntered) {
    // One region raises events for another; only a timer cannot have been raised.
    const fits = ({ event }: ChartLine) => event === happened?.event.type || !event.startsWith('xstate.after.');
    if (lines.some(fits)) return 'taken';
  }
  const isReady = from !== null && isIn(from, now.value) && lines.some(({ event }) => pendingTypes.has(event));
  return isReady ? 'ready' : '';
}

const ArrowArt = ({ arrow, pendingTypes }: { arrow: ChartArrow; pendingTypes: ReadonlySet<string> }) => {
  const { points, label, lines, from } = arrow;
  const kind = emphasis(arrow, pendingTypes);
  const [start] = points;
  const last = record.value?.event.type;
  return (
    <g class={`transition ${kind}`}>
      <path
        d={rounded(points)}
        marker-end={`url(#${kind === 'taken' ? 'tip-now' : kind === 'ready' ? 'tip-ink' : 'tip-line'})`}
      />
      {from === null && start !== undefined && <circle cx={start[0]} cy={start[1] - 4} r="4" class="initial" />}
      {label !== null && (
        <>
          <rect x={label.x} y={label.y} width={label.width} height={label.height} rx="4" />
          {lines.map(({ event, text }, index) => (
            <text
              key={text}
              class={kind === 'taken' && event === last ? 'fired' : pendingTypes.has(event) ? 'can' : ''}
              x={label.x + 5}
              y={label.y + 12 + index * 13}
            >
              {text}
            </text>
          ))}
        </>
      )}
    </g>
  );
};

const StateArt = ({ state }: { state: ChartState }) => {
  const { x, y, width, height, name, inside, path } = state;
  const isActive = isIn(path, now.value);
  return (
    <g class={`state ${inside}${isActive ? ' active' : visited.value.get(party.value)?.has(path) ? ' visited' : ''}`}>
      <rect x={x} y={y} width={width} height={height} rx="7" />
      <text x={x + 11} y={y + 19}>
        {name}
        {inside === 'folded' && ' ▸'}
      </text>
      {isActive && inside !== 'drawn' && <circle cx={x + width - 9} cy={y + 9} r="3" />}
    </g>
  );
};

/** How large charts are drawn; `fit` shows each as a whole. */
const scale = signal<number | 'fit'>(1);

const [leastScale, mostScale] = [0.3, 3];

/** What the keys do while a chart has the focus; the arrow keys scroll it. */
const chartKeys: Readonly<Record<string, (now: number) => number | 'fit'>> = {
  '+': (now) => Math.min(mostScale, now * 1.25),
  '-': (now) => Math.max(leastScale, now / 1.25),
  '0': () => 'fit',
  '1': () => 1,
};

const Picture = ({ chart }: { chart: Chart }) => {
  const { ref: box, width, height } = useSize<HTMLElement>();
  const whole = Math.min(1, width / chart.width, height / chart.height);
  const factor = scale.value === 'fit' ? Math.max(leastScale, whole) : scale.value;
  const active = chart.states.findLast(({ path }) => isIn(path, now.value));
  const pendingTypes = new Set(
    (options.value?.pending ?? []).flatMap(({ to, event }) => (to === chart.party && event ? [event.type] : [])),
  );
  useEffect(() => {
    if (box.current === null || active === undefined) return;
    box.current.scrollLeft = (active.x + active.width / 2) * factor - width / 2;
    box.current.scrollTop = (active.y + active.height / 2) * factor - height / 2;
  }, [active?.path, chart, factor, width, height]);
  const resize = (key: string): boolean => {
    const act = chartKeys[key];
    if (act !== undefined) scale.value = act(factor);
    return act !== undefined;
  };
  const description = `${laneTitles[chart.party]} is in ${active?.path ?? 'none of these states'}`;
  return (
    <div class="chart-frame">
      <fieldset class="segments sizes" aria-label="Size of the chart">
        <button type="button" aria-label="Smaller" onClick={() => resize('-')}>
          −
        </button>
        <button
          type="button"
          aria-pressed={scale.value === 'fit'}
          onClick={() => resize(scale.value === 'fit' ? '1' : '0')}
        >
          fit
        </button>
        <button type="button" aria-label="Larger" onClick={() => resize('+')}>
          +
        </button>
      </fieldset>
      <section
        class="chart"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
        tabIndex={0}
        aria-label={`Chart: ${chart.party} ${chart.path}`}
        onKeyDown={(event) => {
          if (resize(event.key)) event.preventDefault();
        }}
      >
        <svg
          key={`${chart.party} ${chart.path}`}
          width={chart.width * factor}
          height={chart.height * factor}
          viewBox={`0 0 ${chart.width} ${chart.height}`}
          role="img"
          aria-label={description}
        >
          {chart.states.map((state) => (
            <StateArt key={state.path} state={state} />
          ))}
          {chart.arrows.map((arrow) => (
            <ArrowArt key={`${arrow.from} ${arrow.to}`} arrow={arrow} pendingTypes={pendingTypes} />
          ))}
        </svg>
      </section>
    </div>
  );
};

const regionName = ({ path }: Chart): string => (path === '' ? 'life' : (path.split('.').at(-1) ?? path));

/** The machine of a party: one region at a time, with what is active, was just taken and can be taken now. */
export const StatePanel = () => (
  <section class="panel state-panel" aria-label="State machine">
    <div class="state-bar">
      <h2>Machine</h2>
      <fieldset class="segments" aria-label="Party">
        {lanes.map((lane) => (
          <button
            key={lane}
            type="button"
            aria-pressed={lane === party.value}
            onClick={() => {
              chosen.value = chosen.value?.party === lane ? null : { party: lane, path: null };
            }}
          >
            {laneTitles[lane].replace(' server', '')}
          </button>
        ))}
      </fieldset>
    </div>
    <fieldset class="regions" aria-label="Region">
      {charts.value.map((one) => (
        <button
          key={one.path}
          type="button"
          aria-pressed={one === shown.value}
          class={hasMoved(one) ? 'moved' : ''}
          onClick={() => {
            chosen.value = { party: party.value, path: one.path };
          }}
        >
          {regionName(one)}
        </button>
      ))}
    </fieldset>
    {shown.value && <Picture chart={shown.value} />}
  </section>
);
