import { runTitle } from '../../../sim/report/wording.ts';
import { headlineOf } from '../../model/headline.ts';
import { isSystem } from '../parties.ts';
import { experiment, isRunning, notice, step, trace, verdictSaid, violations } from '../store.ts';

const Notice = () =>
  notice.value !== null && (
    <p class="notice" role="alert">
      {notice.value}
    </p>
  );

/** Nothing is said of a run before it is known. */
const NoVerdict = () => (
  <section class="verdict" aria-label="Verdict" aria-busy={isRunning.value}>
    <Notice />
    <p class="no-verdict">{isRunning.value ? 'Running…' : 'There is no run.'}</p>
    <p class="run-title">{experiment.value?.scenario.title}</p>
  </section>
);

/** It scrolls where it is long: then somebody without a mouse must get there. */
const focusable = { tabIndex: 0 };

/** All that is violated, where it is more than the headline says. */
const Violations = () => (
  <p class="violations">
    {violations.value.map(({ property, what, step: at }) => (
      <button
        key={property}
        type="button"
        class="link bad"
        title={what}
        onClick={() => {
          step.value = at;
        }}
      >
        ✗ {property}
      </button>
    ))}
  </p>
);

/** The verdict of the run, said first. */
export const Verdict = () => {
  const done = trace.value;
  if (isRunning.value || done === null) return <NoVerdict />;
  const isJudged = !isSystem.value || done.verdicts.some(({ witnessed }) => witnessed);
  const isViolated = done.verdicts.some(({ verdict }) => verdict === 'violated');
  const { headline, reason, others } = headlineOf(verdictSaid.value);
  return (
    <section class="verdict" aria-label="Verdict" {...focusable}>
      <Notice />
      <h1 class={isViolated ? 'bad' : isJudged ? 'good' : ''}>{headline}</h1>
      {reason !== '' && <p>{reason}</p>}
      {others.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {violations.value.length > 1 && <Violations />}
      <p class="run-title">{runTitle(done)}</p>
    </section>
  );
};
