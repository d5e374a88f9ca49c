import { computed } from '@preact/signals';
import { laneTitles } from '../../../sim/report/lanes.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import { FoldedTime } from '../../model/foldedTime.ts';
import { raceWindow, record, regions, step, trace } from '../store.ts';
import { marksOf } from './marksOfRace.ts';
import { type StateBar, type StateRow, stateRows } from './stateBars.ts';

const rows = computed(() => (trace.value && regions.value ? stateRows(trace.value, regions.value) : []));

/** Time is folded between the changes, so that each of them is seen. */
const axis = computed(
  () =>
    new FoldedTime(
      rows.value.flatMap(({ bars }) => bars.map(({ fromMs }) => fromMs)),
      Math.max(1, trace.value?.endMs ?? 1),
    ),
);

/** When the run goes wrong: with dates, and in words. */
const marks = computed(() => (raceWindow.value && trace.value ? marksOf(raceWindow.value, trace.value) : []));

const percent = (ms: number): number => axis.value.at(ms) * 100;

const place = (fromMs: number, toMs: number) => ({
  left: `${percent(fromMs)}%`,
  width: `${percent(toMs) - percent(fromMs)}%`,
});

const Bar = ({ bar: { state, fromMs, toMs, step: at }, isNow }: { bar: StateBar; isNow: boolean }) => (
  <button
    type="button"
    class={isNow ? 'state-bar-of now' : 'state-bar-of'}
    style={place(fromMs, toMs)}
    tabIndex={isNow ? 0 : -1}
    aria-current={isNow ? 'true' : undefined}
    aria-label={`${state} from ${secondsText(fromMs)} to ${secondsText(toMs)} s`}
    title={`${state}, ${secondsText(fromMs)} to ${secondsText(toMs)} s`}
    onClick={() => {
      step.value = at;
    }}
  >
    {state}
  </button>
);

const Row = ({ row: { region, bars }, nowStep }: { row: StateRow; nowStep: number }) => {
  const now = bars.findLast((one) => one.step <= nowStep);
  return (
    <li class="state-row">
      <span class="state-region">{region === '' ? 'life' : region.split('.').at(-1)}</span>
      <span class="state-bars">
        {bars.map((bar) => (
          <Bar key={bar.step} bar={bar} isNow={bar === now} />
        ))}
      </span>
    </li>
  );
};

/** What goes across all rows: when the run goes wrong, and the selected step. */
const Across = () => {
  const now = record.value;
  return (
    <div class="across" aria-hidden="true">
      {marks.value.map(({ fromMs, toMs, said }) => (
        <i key={said} class="race-band" style={place(fromMs, toMs)} />
      ))}
      {now && <i class="now-line" style={{ left: `${percent(now.atMs)}%` }} />}
    </div>
  );
};

/** The states of all parties over the run, one bar after the other, and when it goes wrong. */
export const StatesPane = () => (
  <div class="states">
    {marks.value.map(({ said }) => (
      <p key={said} class="race-said">
        {said}
      </p>
    ))}
    <div class="states-rows">
      <Across />
      {[...new Set(rows.value.map(({ party }) => party))].map((party) => (
        <section key={party} aria-label={laneTitles[party]}>
          <h3>{laneTitles[party]}</h3>
          <ul>
            {rows.value
              .filter((row) => row.party === party)
              .map((row) => (
                <Row key={row.region} row={row} nowStep={step.value} />
              ))}
          </ul>
        </section>
      ))}
    </div>
  </div>
);
