import type { PartyName } from '../../../machines/messages.ts';
import type { Chart } from '../../charts/chart.ts';
import type { Mood } from '../chart/ChartArt.tsx';
import { ChartPicture, useActiveInView, useFitted } from '../chart/ChartFrame.tsx';
import { shownLanes, titleOf } from '../parties.ts';
import { useSize } from '../size.ts';
import { pane } from '../view.ts';
import { chosenParty, chosenRegions, describeMachine, machineOf, regionName } from './machines.ts';

/** A region as a whole, in what room there is. */
const Whole = ({ chart, mood }: { chart: Chart; mood: Mood }) => {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const whole = useFitted(chart, mood, width, height);
  const active = useActiveInView(ref, whole, mood, { width, height });
  return (
    <div class="small-chart-box" ref={ref}>
      <ChartPicture {...whole} mood={mood} label={describeMachine(chart.party, active?.path)} />
    </div>
  );
};

/** The region of a party in which most happens now. */
const SmallChart = ({ party }: { party: PartyName }) => {
  const { charts, shown, mood, hasMoved } = machineOf(party);
  return (
    <section class={charts.some(hasMoved) ? 'small-chart moved' : 'small-chart'} aria-label={titleOf(party)}>
      <button
        type="button"
        title="enlarge"
        onClick={() => {
          chosenParty.value = party;
          if (shown !== undefined) chosenRegions.value = { [party]: shown.path };
          pane.value = 'machine';
        }}
      >
        <b>{titleOf(party)}</b> <span>{shown && regionName(shown)}</span>
      </button>
      {shown && <Whole key={shown.path} chart={shown} mood={mood} />}
    </section>
  );
};

/** A chart of every party, side by side. */
export const PartiesPane = () => (
  <div class="parties">
    {shownLanes.value.map((lane) => (
      <SmallChart key={lane} party={lane} />
    ))}
  </div>
);
