import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { partyNames, type Role } from '../../../machines/messages.ts';
import type { Window } from '../../../sim/data/window.ts';
import { linkTitle } from '../../../sim/report/messageLabel.ts';
import { type Fault, linkNames, type Scenario } from '../../../sim/scenario/scenario.ts';
import { leastTimerMs } from '../../../sim/scenarioFile/timers.ts';
import { changeLatency, changeTimer, takeFaultBack } from '../changes.ts';
import { isSystem, shortTitleOf, shownLanes } from '../parties.ts';
import { delays, experiment } from '../store.ts';
import { faultText } from './words.ts';

const Faults = ({ faults }: { faults: readonly Fault[] }) => (
  <ul class="fault-list">
    {faults.map((fault) => (
      <li key={faultText(fault)}>
        <span>{faultText(fault)}</span>
        <button
          type="button"
          class="small"
          aria-label={`Take back: ${faultText(fault)}`}
          onClick={() => takeFaultBack(fault, null)}
        >
          ✕
        </button>
      </li>
    ))}
  </ul>
);

interface WindowFieldsProps {
  readonly name: string;
  readonly windowMs: Window;
  readonly leastMs?: number;
  readonly mostMs: number;
  readonly onChoose: (windowMs: Window) => void;
}

/** A row with the least and the most milliseconds of something; one end pushes the other. */
const WindowFields = ({ name, windowMs, leastMs = 0, mostMs, onChoose }: WindowFieldsProps) => {
  const field = (end: 0 | 1) => (
    <td>
      <input
        type="number"
        min={leastMs}
        max={mostMs}
        value={windowMs[end]}
        aria-label={`${end === 0 ? 'least' : 'most'} milliseconds: ${name}`}
        onChange={({ currentTarget }) => {
          const ms = currentTarget.valueAsNumber;
          if (!currentTarget.validity.valid || !Number.isInteger(ms)) return;
          onChoose(end === 0 ? [ms, Math.max(ms, windowMs[1])] : [Math.min(ms, windowMs[0]), ms]);
        }}
      />
    </td>
  );
  return (
    <tr>
      <th scope="row">{name}</th>
      {field(0)}
      {field(1)}
    </tr>
  );
};

const WindowTable = ({ what, children }: { what: string; children: ComponentChildren }) => (
  <table>
    <thead>
      <tr class="soft">
        <th scope="col">{what}</th>
        <th scope="col">least</th>
        <th scope="col">most, ms</th>
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
);

const Latencies = ({ scenario }: { scenario: Scenario }) => (
  <WindowTable what="link">
    {linkNames.map((link) => (
      <WindowFields
        key={link}
        name={linkTitle(link)}
        windowMs={scenario.links[link].latencyMs}
        mostMs={600_000}
        onChoose={(takesMs) => changeLatency(link, takesMs)}
      />
    ))}
  </WindowTable>
);

/** The party whose timers are shown. */
const timersOf = signal<Role>('app');

/** A registration may last a week. */
const longestTimerMs = 7 * 86_400_000;

const Timers = () => {
  const own = timersOf.value;
  const parties = partyNames.filter(
    (lane) => shownLanes.value.includes(lane) && Object.keys(delays.value?.[lane] ?? {}).length > 0,
  );
  return (
    <details class="timers">
      <summary>Timers of the machines</summary>
      <fieldset class="segments" aria-label="Whose timers">
        {parties.map((party) => (
          <button
            key={party}
            type="button"
            aria-pressed={party === own}
            onClick={() => {
              timersOf.value = party;
            }}
          >
            {shortTitleOf(party)}
          </button>
        ))}
      </fieldset>
      <WindowTable what="timer">
        {Object.entries(delays.value?.[own] ?? {}).map(([delay, windowMs]) => (
          <WindowFields
            key={`${own} ${delay}`}
            name={delay}
            windowMs={windowMs}
            leastMs={leastTimerMs(delay)}
            mostMs={longestTimerMs}
            onChoose={(takesMs) => changeTimer(own, delay, takesMs)}
          />
        ))}
      </WindowTable>
    </details>
  );
};

/** Under which conditions the run happens: its faults, how long messages and timers take. Changing one runs it again. */
export const ConditionsPanel = () => {
  const scenario = experiment.value?.scenario;
  if (scenario === undefined) return null;
  const { faults } = scenario;
  return (
    <section class="panel conditions">
      <h2>{isSystem.value ? 'Faults' : 'Faults, latencies, timers'}</h2>
      {faults.length === 0 ? <p class="soft">no fault</p> : <Faults faults={faults} />}
      {!isSystem.value && <Latencies scenario={scenario} />}
      {delays.value !== null && <Timers />}
    </section>
  );
};
