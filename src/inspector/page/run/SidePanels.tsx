import { useMemo } from 'preact/hooks';
import { registrationModeNames, registrationModes } from '../../../machines/registrationModes.ts';
import { formatDuration } from '../../../sim/data/duration.ts';
import { spokenDuration } from '../../../sim/report/wording.ts';
import type { Verdict } from '../../../sim/trace/trace.ts';
import { FoldedTime } from '../../model/foldedTime.ts';
import { datesOf, type Glance } from '../../model/glance.ts';
import { changeMode } from '../changes.ts';
import { Strip } from '../marks.tsx';
import { experiment, isRunning, margins, otherModes, sentences, glance as shown, trace, violations } from '../store.ts';
import { StepLink } from './StepLink.tsx';

/** How the calls of a run went, in a few words. */
export function callsText({ calls }: Glance): string {
  const lost = calls.filter(({ outcome }) => outcome === 'lost').length;
  const late = calls.filter(({ outcome }) => outcome === 'late').length;
  if (calls.length === 0) return 'no call';
  if (calls.length === 1)
    return { answered: 'rang', alerted: 'rang', late: 'rang late', lost: 'lost', open: 'open' }[
      calls[0]?.outcome ?? 'open'
    ];
  if (lost > 0) return `${lost} of ${calls.length} lost`;
  return late > 0 ? `${late} of ${calls.length} late` : `${calls.length} of ${calls.length} rang`;
}

const gapText = ({ nobodyMs, bothMs }: Glance): string =>
  `nobody ${spokenDuration(nobodyMs)}, both ${spokenDuration(bothMs)}`;

/** What is violated beside lost calls, which are seen by themselves: the first by its name, how many more. */
export function otherViolations({ violated }: Glance): string {
  const [first, ...others] = violated.filter((property) => property !== 'noInviteLost');
  if (first === undefined) return '';
  return others.length === 0 ? `✗ ${first}` : `✗ ${first} +${others.length}`;
}

export const tone = ({ calls, violated }: Glance): 'bad' | 'warn' | 'good' => {
  if (calls.some(({ outcome }) => outcome === 'lost')) return 'bad';
  return violated.length > 0 || calls.some(({ outcome }) => outcome === 'late') ? 'warn' : 'good';
};

const stripWidth = 186;

/** The same scenario with the same luck in each mode of the product, on one axis. */
export const ModesPanel = () => {
  const current = experiment.value?.scenario.mode.name;
  const isChanged = (experiment.value?.moved.length ?? 0) > 0 || experiment.value?.plan !== null;
  const [drawn, own] = [otherModes.value?.glances ?? null, shown.value];
  const isStale = otherModes.value?.of !== experiment.value;
  const mode = trace.value?.scenario.mode.name;
  // Of its own mode, the run that is shown and not the one that the seed would draw.
  const glances = useMemo(() => (drawn && own && mode ? { ...drawn, [mode]: own } : drawn), [drawn, own, mode]);
  const axis = useMemo(() => {
    const all = Object.values(glances ?? {});
    return new FoldedTime(datesOf(all), Math.max(1, ...all.map(({ endMs }) => endMs)));
  }, [glances]);
  return (
    <section class="panel modes" aria-busy={isStale}>
      <h2>{isChanged ? 'This run, others drawn anew' : 'Same run, four modes'}</h2>
      <ul>
        {registrationModeNames.map((name) => {
          const glance = glances?.[name];
          return (
            <li key={name} class={name === current ? 'current' : ''}>
              <button type="button" aria-pressed={name === current} onClick={() => changeMode(name)}>
                <span class="mode-line">
                  <b>{registrationModes[name].title}</b>
                  {glance && <em class={tone(glance)}>{callsText(glance)}</em>}
                </span>
                {glance && <Strip glance={glance} axis={axis} width={stripWidth} />}
                {glance && <small>{otherViolations(glance) || gapText(glance)}</small>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
};

/** What became of a property: the step that violated it, how near it came to its bound, or in a word. */
const OutcomeOf = ({ verdict: { property, witnessed } }: { verdict: Verdict }) => {
  const violation = violations.value.find((one) => one.property === property);
  if (violation !== undefined) {
    return (
      <StepLink to={violation.step} tone="bad">
        step {violation.step}
      </StepLink>
    );
  }
  const margin = margins.value[property];
  if (margin === undefined) return <span class="outcome">{witnessed ? 'holds' : 'not judged'}</span>;
  return (
    <span class="outcome">
      <StepLink to={margin.step} tone="soft">
        {formatDuration(margin.tookMs)}
      </StepLink>{' '}
      of {formatDuration(margin.limitMs)}
    </span>
  );
};

/**
 * Whatever must hold in this mode, the violated first, each with the step at which it was violated, or with the longest
 * that anything took which its bound is for.
 */
export const PropertiesPanel = () => {
  const verdicts = (trace.value?.verdicts ?? []).toSorted(
    (one, other) => Number(other.verdict === 'violated') - Number(one.verdict === 'violated'),
  );
  return (
    <section class="panel properties" aria-busy={isRunning.value}>
      <h2>What must hold</h2>
      <ul>
        {verdicts.map((one) => (
          <li key={one.property} class={one.verdict}>
            <span class="mark" aria-hidden="true">
              {one.verdict === 'violated' ? '✗' : one.witnessed ? '✓' : '–'}
            </span>
            <details class="name">
              <summary>{one.property}</summary>
              {sentences.value[one.property]}
            </details>
            <OutcomeOf verdict={one} />
          </li>
        ))}
      </ul>
    </section>
  );
};
