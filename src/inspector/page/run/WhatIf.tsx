import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { secondsText } from '../../../sim/report/wording.ts';
import { kindOfLink } from '../../../sim/scenario/scenario.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';
import type { PendingView } from '../../model/options.ts';
import { injectFault, letHappen, selectedFault, takeFaultBack } from '../changes.ts';
import { experiment, isRunning, options, staleOptions, tell } from '../store.ts';
import { faultVerb, pendingText, windowText } from './words.ts';

/** Only datagrams and pushes are lost or doubled; TCP and HTTPS deliver everything once. */
const isLossy = (link: TraceRecord['link']): boolean => {
  const transport = link && experiment.value?.scenario.links[kindOfLink(link)].transport;
  return transport === 'udp' || transport === 'push';
};

const FaultButton = ({ act, children }: { act: () => void; children: ComponentChildren }) => (
  <button type="button" aria-disabled={isRunning.value} onClick={act}>
    {children}
  </button>
);

/** The faults that can be injected into the message of the selected step. */
export const Faults = ({ shown }: { shown: TraceRecord }) => {
  const { serial, link } = shown;
  /** What was typed, and for which message. */
  const [typed, setTyped] = useState<{ readonly serial: number; readonly latencyMs: number } | null>(null);
  const usualMs = Math.max(1_000, (shown.atMs - shown.sentAtMs) * 2);
  const latencyMs = typed?.serial === serial ? typed.latencyMs : usualMs;
  const fault = selectedFault.value;
  return (
    <fieldset class="faults" id="faults">
      <legend>This message</legend>
      {isLossy(link) && (
        <>
          <FaultButton act={() => injectFault(serial, { do: 'lose' })}>Drop</FaultButton>
          <FaultButton act={() => injectFault(serial, { do: 'duplicate' })}>Duplicate</FaultButton>
        </>
      )}
      <span class="delay">
        <FaultButton
          act={() => {
            if (!(latencyMs >= 0)) return tell('A delay is 0 ms or more.');
            setTyped({ serial, latencyMs });
            injectFault(serial, { do: 'delay', latencyMs });
          }}
        >
          Delay to
        </FaultButton>
        <input
          type="number"
          min="0"
          max="3600000"
          step="50"
          aria-label="milliseconds that the message takes"
          value={latencyMs >= 0 ? latencyMs : ''}
          onInput={({ currentTarget }) => setTyped({ serial, latencyMs: Math.round(currentTarget.valueAsNumber) })}
        />
        ms
      </span>
      {fault && <FaultButton act={() => takeFaultBack(fault, { serial })}>Take back: {faultVerb(fault)}</FaultButton>}
    </fieldset>
  );
};

const fateText = { happen: '', lose: ', will be lost', duplicate: ', will be doubled' };

/** When it happens, if nobody chooses otherwise, and when it could. */
function dateText({ dueMs, fate, windowMs }: PendingView, isNext: boolean): string {
  const due = dueMs === null ? 'not in this run' : `at ${secondsText(dueMs)} s`;
  return `${isNext ? 'next' : due}${fateText[fate]}, ${windowText(windowMs)} after its cause`;
}

const PendingChoice = ({ one, isNext }: { one: PendingView; isNext: boolean }) => (
  <li>
    {/* What was known last is drawn until more is, and no choice: it keeps the focus, which `disabled` would not. */}
    <button type="button" aria-disabled={options.value === null} onClick={() => letHappen(one)}>
      <span>{pendingText(one)}</span>
      <small>{dateText(one, isNext)}</small>
    </button>
  </li>
);

/** What is pending after the selected step: choosing one lets it happen now and branches the run. */
export const Choices = () => {
  const pending = staleOptions.value?.pending ?? [];
  return (
    <section id="choices" aria-label="What can happen now" aria-busy={options.value === null}>
      <h3>What can happen now</h3>
      {pending.length === 0 && <p class="soft">{options.value === null ? '…' : 'nothing is pending'}</p>}
      <ul class="choices">
        {pending.map((one, index) => (
          <PendingChoice key={one.serial} one={one} isNext={index === 0} />
        ))}
      </ul>
    </section>
  );
};
