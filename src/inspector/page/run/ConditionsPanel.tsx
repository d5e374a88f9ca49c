import { linkTitle } from '../../../sim/report/messageLabel.ts';
import { type Fault, type LinkName, linkNames } from '../../../sim/scenario/scenario.ts';
import { changeScenario, experiment } from '../store.ts';
import { windowText } from './words.ts';

const verbs = { lose: 'lose', delay: 'delay', duplicate: 'double' } as const;

/** A fault as a person would say it: `lose INVITE 1`. */
const faultText = ({ do: verb, message, occurrence, latencyMs }: Fault): string =>
  `${verbs[verb]} ${message}${occurrence > 1 ? ` no. ${occurrence}` : ''}${latencyMs ? ` to ${windowText(latencyMs)}` : ''}`;

const Faults = ({ faults }: { faults: readonly Fault[] }) => (
  <ul class="fault-list">
    {faults.map((fault) => (
      <li key={faultText(fault)}>
        <span>{faultText(fault)}</span>
        <button
          type="button"
          class="small"
          aria-label={`Take back: ${faultText(fault)}`}
          onClick={() => changeScenario({ faults: faults.filter((one) => one !== fault) })}
        >
          ✕
        </button>
      </li>
    ))}
  </ul>
);

const LatencyField = ({ link, end }: { link: LinkName; end: 0 | 1 }) => {
  const scenario = experiment.value?.scenario;
  if (scenario === undefined) return null;
  const { latencyMs } = scenario.links[link];
  const choose = (ms: number) => {
    const window =
      end === 0 ? ([ms, Math.max(ms, latencyMs[1])] as const) : ([Math.min(ms, latencyMs[0]), ms] as const);
    changeScenario({ links: { ...scenario.links, [link]: { ...scenario.links[link], latencyMs: window } } });
  };
  return (
    <input
      type="number"
      min="0"
      max="600000"
      value={latencyMs[end]}
      aria-label={`${end === 0 ? 'least' : 'most'} milliseconds from ${linkTitle(link)}`}
      onChange={({ currentTarget }) => {
        const ms = currentTarget.valueAsNumber;
        if (currentTarget.validity.valid && Number.isInteger(ms)) choose(ms);
      }}
    />
  );
};

/** Under which conditions the run happens: its faults, and how long messages take. Changing one runs it again. */
export const ConditionsPanel = () => {
  const faults = experiment.value?.scenario.faults ?? [];
  return (
    <section class="panel conditions">
      <h2>Faults and latencies</h2>
      {faults.length === 0 ? <p class="soft">no fault</p> : <Faults faults={faults} />}
      <table>
        <thead>
          <tr class="soft">
            <th scope="col">link</th>
            <th scope="col">least</th>
            <th scope="col">most, ms</th>
          </tr>
        </thead>
        <tbody>
          {linkNames.map((link) => (
            <tr key={link}>
              <th scope="row">{linkTitle(link)}</th>
              <td>
                <LatencyField link={link} end={0} />
              </td>
              <td>
                <LatencyField link={link} end={1} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
