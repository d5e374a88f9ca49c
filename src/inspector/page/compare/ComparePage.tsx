import { effect, signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { everyMode } from '../../../machines/modeVariants.ts';
import { registrationModeNames, registrationModes } from '../../../machines/registrationModes.ts';
import { intendedServer } from '../../../profiles/intended.ts';
import { spokenDuration } from '../../../sim/report/wording.ts';
import type { Offered } from '../../model/boot.ts';
import { isCompared, serversCompared } from '../../model/compared.ts';
import { seededExperiment } from '../../model/experiment.ts';
import { FoldedTime } from '../../model/foldedTime.ts';
import { datesOf, type Glance } from '../../model/glance.ts';
import type { GlancesByMode } from '../../model/requests.ts';
import { ask } from '../ask.ts';
import { CallGlyph, RegisteredLegend, Strip } from '../marks.tsx';
import { openPalette } from '../palette/store.ts';
import { ReportPanel } from '../run/ReportPanel.tsx';
import { callsText, otherViolations, tone } from '../run/SidePanels.tsx';
import { areBundled, hasEveryScenario, scenarios } from '../scenarios.ts';
import { servedComparison } from '../served.ts';
import { useSize } from '../size.ts';
import { boot, compare, comparedSeed, comparedServer, experiment, open, serverFor, servers } from '../store.ts';
import { SeedField, Select } from '../TopBar.tsx';

const matrix = signal<readonly GlancesByMode[] | null>(null);

/** The scenarios that are compared. */
const compared = () => scenarios().filter(isCompared);

/** Keeps the matrix that of the server and seed that are chosen. */
export const keepComparing = (): (() => void) =>
  effect(() => {
    if (experiment.value !== null || !hasEveryScenario()) return;
    const [server, seed] = [comparedServer.value, comparedSeed.value];
    const { compared: first, bundled } = boot.value;
    const shown = compared().map(({ scenario }) => scenario);
    const worked = () => ask('matrix', shown, serversCompared(server, bundled.profiles), seed);
    const isAtFirst = areBundled() && server === first.server && seed === first.seed;
    matrix.value = null;
    (isAtFirst ? servedComparison().catch(worked) : worked()).then((found) => {
      if (comparedServer.peek() === server && comparedSeed.peek() === seed) matrix.value = found;
    });
  });

type ModeName = (typeof registrationModeNames)[number];

/** What each mode does at a hand-over, in a few words. */
const modeWords: Readonly<Record<ModeName, string>> = {
  standard: 'register, then unregister the other',
  singleDeviceEmulation: 'unregister, then the other registers',
  continuous: 'the push server stays registered',
  singleDeviceTakeover: 'overwrite, never unregister',
};

const countOf = (glances: readonly GlancesByMode[], mode: ModeName, outcome: 'lost' | 'late'): number =>
  glances.reduce((sum, one) => sum + (one[mode]?.calls.filter((call) => call.outcome === outcome).length ?? 0), 0);

const totals = (glances: readonly GlancesByMode[], mode: ModeName): string => {
  const [lost, late] = [countOf(glances, mode, 'lost'), countOf(glances, mode, 'late')];
  return `${lost} lost${late > 0 ? `, ${late} late` : ''}`;
};

/** The mode that loses most is named first, then the one that loses least. */
const Headline = ({ glances }: { glances: readonly GlancesByMode[] }) => {
  const losses = registrationModeNames
    .map((mode) => ({ mode, lost: countOf(glances, mode, 'lost') }))
    .sort((one, other) => other.lost - one.lost);
  const [worst] = losses;
  const best = losses.at(-1);
  if (worst === undefined || best === undefined) return null;
  const calls = glances.reduce((sum, one) => sum + (one[worst.mode]?.calls.length ?? 0), 0);
  if (worst.lost === 0) return <h1>No mode loses a call in these runs.</h1>;
  if (worst.lost === best.lost)
    return (
      <h1>
        Every mode loses {worst.lost} of {calls} calls.
      </h1>
    );
  return (
    <h1>
      <span class="bad">
        {everyMode[worst.mode].title} loses {worst.lost} of {calls} calls.
      </span>{' '}
      {everyMode[best.mode].title} loses {best.lost === 0 ? 'none' : best.lost}.
    </h1>
  );
};

/** What the words beside a strip, the scenario and the distances need of the width; below 900 pixels two cells share it. */
function stripWidth(tableWidth: number): number {
  if (innerWidth < 720) return Math.max(90, tableWidth / 2 - 24);
  const cell = innerWidth < 900 ? tableWidth / 2 : (tableWidth - 208) / 4;
  return Math.max(90, cell - 116);
}

const Cell = ({
  offered,
  mode,
  glance,
  axis,
  width,
}: {
  offered: Offered;
  mode: ModeName;
  glance: Glance;
  axis: FoldedTime;
  width: number;
}) => {
  const { scenario } = offered;
  const server = serverFor(mode);
  const [call] = glance.calls.filter(({ outcome }) => outcome === 'lost').concat(glance.calls);
  const openIt = () => open(seededExperiment({ ...scenario, server, mode: everyMode[mode] }, comparedSeed.value));
  return (
    <button type="button" class="cell" onClick={openIt} title={glance.sentence}>
      <Strip glance={glance} axis={axis} width={width} hasAxis />
      <span class="cell-words">
        <b class={tone(glance)}>{callsText(glance)}</b>
        <small>{call === undefined ? `nobody ${spokenDuration(glance.nobodyMs)}` : call.text}</small>
        <small class="warn">{otherViolations(glance)}</small>
      </span>
      <span class="unseen">
        : {scenario.title}, {registrationModes[mode].title}
      </span>
    </button>
  );
};

interface RowProps {
  readonly offered: Offered;
  readonly glances: GlancesByMode;
  readonly width: number;
}

const ScenarioRow = ({ offered, glances, width }: RowProps) => {
  const axis = useMemo(() => {
    const all = Object.values(glances);
    return new FoldedTime(datesOf(all), Math.max(1, ...all.map(({ endMs }) => endMs)));
  }, [glances]);
  return (
    <tr>
      <th scope="row">
        {offered.scenario.title}
        <small>{offered.document?.about ?? offered.scenario.name}</small>
      </th>
      {registrationModeNames.map((mode) => {
        const glance = glances[mode];
        return (
          <td key={mode} class={glance ? tone(glance) : ''} data-mode={registrationModes[mode].title}>
            {glance && <Cell offered={offered} mode={mode} glance={glance} axis={axis} width={width} />}
          </td>
        );
      })}
    </tr>
  );
};

const ServerSwitch = () => (
  <fieldset class="segments servers" aria-label="Kind of SIP server">
    <button
      type="button"
      aria-pressed={comparedServer.value === null}
      onClick={() => {
        comparedServer.value = null;
      }}
    >
      <b>each on its own</b>
      <small>the kind that the mode is meant for</small>
    </button>
    {boot.value.bundled.kinds.map((name) => (
      <button
        key={name}
        type="button"
        aria-pressed={comparedServer.value?.name === name}
        onClick={() => compare(name, comparedSeed.value)}
      >
        <b>{name}</b>
        <small>{boot.value.bundled.profiles[name].title}</small>
      </button>
    ))}
  </fieldset>
);

/** Every other server, most of them products by their names. */
const OtherServers = () => {
  const kinds: readonly string[] = boot.value.bundled.kinds;
  const others = servers.value.filter(({ name }) => !kinds.includes(name));
  const current = comparedServer.value?.name;
  const isProduct = current !== undefined && !kinds.includes(current);
  const options = others.map(({ name, title }) => [name, `${name}: ${title}`] as const);
  return (
    <Select
      label="or"
      value={isProduct ? current : ''}
      options={isProduct ? options : [['', 'a product…'], ...options]}
      onChoose={(name) => compare(name, comparedSeed.value)}
    />
  );
};

const CallLegend = () => (
  <ul class="legend">
    {(['answered', 'late', 'lost'] as const).map((outcome) => (
      <li key={outcome}>
        <svg width="16" height="16" aria-hidden="true">
          <CallGlyph outcome={outcome} x={8} y={8} />
        </svg>
        {outcome === 'answered' ? 'rang' : outcome}
      </li>
    ))}
  </ul>
);

/** Every scenario in every mode on one kind of server: each cell is one run and opens it. */
export const ComparePage = () => {
  const glances = matrix.value;
  const { ref, width } = useSize<HTMLDivElement>();
  return (
    <main class="compare" aria-busy={glances === null}>
      <p class="what">
        Ringproof simulates one SIP registration that a softphone and its push server hand over to each other, and shows
        whether the phone rings. Each cell is one run: the bar is who is registered over time, the mark what became of a
        call. Open a cell to step through it.
      </p>
      <div class="compare-head">
        {glances === null ? <h1>Running…</h1> : <Headline glances={glances} />}
        <ServerSwitch />
      </div>
      <ReportPanel />
      <div class="compare-sub">
        <p>
          Runs in a row share time axis and seed, which draws every delay. noBlackout: somebody is registered again
          within its bound.{' '}
          <button type="button" class="link" onClick={() => openPalette('scenario ')}>
            All {scenarios().length} scenarios
          </button>
        </p>
        <OtherServers />
        <SeedField
          value={comparedSeed.value}
          onChoose={(seed) => {
            comparedSeed.value = seed;
          }}
        />
        <RegisteredLegend />
        <CallLegend />
      </div>
      <div ref={ref} />
      {glances !== null && (
        <div class="panel">
          <table>
            <thead>
              <tr>
                <th scope="col">Scenario</th>
                {registrationModeNames.map((mode) => (
                  <th key={mode} scope="col">
                    <span class="mode-line">
                      {registrationModes[mode].title}
                      <em class={countOf(glances, mode, 'lost') > 0 ? 'bad' : 'good'}>{totals(glances, mode)}</em>
                    </span>
                    <small>
                      mode {registrationModes[mode].number}: {modeWords[mode]}
                    </small>
                    <small>
                      on {serverFor(mode).name}
                      {intendedServer[mode] === serverFor(mode).name && ', which it is meant for'}
                    </small>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {compared().map((offered, index) => {
                const found = glances[index];
                return (
                  found && (
                    <ScenarioRow
                      key={offered.scenario.name}
                      offered={offered}
                      glances={found}
                      width={stripWidth(width)}
                    />
                  )
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
};
