import { type Signal, signal } from '@preact/signals';
import { ChartFrame, type Scale } from '../chart/ChartFrame.tsx';
import { shortTitleOf, shownLanes } from '../parties.ts';
import { trace } from '../store.ts';
import { togglePane } from '../view.ts';
import {
  chosenParty,
  chosenRegions,
  describeMachine,
  everyChart,
  isBeingDrawn,
  type MachineView,
  machineOf,
  regionName,
  shownParty,
} from './machines.ts';

const PartyChoice = () => (
  <fieldset class="segments" aria-label="Party">
    {shownLanes.value.map((lane) => (
      <button
        key={lane}
        type="button"
        aria-pressed={lane === shownParty.value}
        onClick={() => {
          chosenParty.value = chosenParty.value === lane ? null : lane;
          chosenRegions.value = {};
        }}
      >
        {shortTitleOf(lane)}
      </button>
    ))}
  </fieldset>
);

const RegionChoice = ({ machine: { party, charts, shown, hasMoved } }: { machine: MachineView }) => (
  <fieldset class="regions" aria-label="Region">
    {charts.map((one, index) => (
      <button
        key={index}
        type="button"
        aria-pressed={one === shown}
        class={hasMoved(one) ? 'moved' : ''}
        onClick={() => {
          chosenParty.value = party;
          chosenRegions.value = { ...chosenRegions.value, [party]: one.path };
        }}
      >
        {regionName(one)}
      </button>
    ))}
  </fieldset>
);

/** The machine of a party: one region at a time, with what is active, was just taken and can be taken now. */
const Machine = ({ scale }: { scale: Signal<Scale> }) => {
  const machine = machineOf(shownParty.value);
  const { party, shown, mood } = machine;
  return (
    <>
      <RegionChoice machine={machine} />
      {shown ? (
        <ChartFrame
          of={trace.value}
          drawing={shown}
          mood={mood}
          scale={scale}
          name={`${party} ${shown.path}`}
          describe={(active) => describeMachine(party, active)}
        />
      ) : (
        <p class="soft" role="status">
          {isBeingDrawn(party)
            ? 'The statechart is being drawn…'
            : 'There is no statechart: this machine could not be laid out.'}
        </p>
      )}
    </>
  );
};

const [smallScale, largeScale] = [signal<Scale>(1), signal<Scale>('fit')];

/** The machine of a party beside the ladder. */
export const StatePanel = () => (
  <section class="panel state-panel" aria-label="State machine" aria-busy={everyChart.value === null}>
    <div class="state-bar">
      <h2>Machine</h2>
      <PartyChoice />
      <button
        type="button"
        class="icon fold"
        aria-label="Enlarge the machine"
        title="enlarge: E"
        onClick={() => togglePane('machine')}
      >
        ⤢
      </button>
    </div>
    <Machine scale={smallScale} />
  </section>
);

/** The machine of a party in the place of the ladder. */
export const MachinePane = () => (
  <div class="machine-pane">
    <PartyChoice />
    <Machine scale={largeScale} />
  </div>
);
