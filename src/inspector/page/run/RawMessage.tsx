import { effect, signal } from '@preact/signals';
import type { TraceBody } from '../../../sim/trace/trace.ts';
import { lineDifferences } from '../../model/differences.ts';
import { write } from '../ask.ts';
import { copy } from '../copy.ts';
import { isSystem } from '../parties.ts';
import { marked, step, toldRecord, trace } from '../store.ts';

/** Whether the reader has the SIP of messages shown. */
const isOpen = signal(false);

/** The messages of a run that were written as SIP, by the serial; null for one that the wire has not as SIP. */
const written = signal<{
  readonly of: TraceBody;
  readonly texts: ReadonlyMap<number, readonly string[] | null>;
} | null>(null);

/** The message of a step, if it is on a SIP link. */
function serialAt(at: number | undefined): number | null {
  const shown = trace.value?.records[at ?? -1];
  return shown?.kind === 'message' && !isSystem.value && shown.link?.endsWith('Sip') ? shown.serial : null;
}

/** The SIP of a message: undefined until it is written. */
const textOf = (serial: number | null): readonly string[] | null | undefined =>
  serial === null ? null : written.value?.of === trace.value ? written.value?.texts.get(serial) : undefined;

const writesAfterMs = 60;

/** Has the SIP written of those messages that are shown. */
export function keepRaw(): () => void {
  let due = 0;
  return effect(() => {
    const done = trace.value;
    const wanted = marked.value === null ? (isOpen.value ? [step.value] : []) : [marked.value.step, step.value];
    const missing = wanted.flatMap((at) => serialAt(at) ?? []).filter((serial) => textOf(serial) === undefined);
    clearTimeout(due);
    if (done === null || missing.length === 0) return;
    // Who runs through the steps wants no text of each of them.
    due = setTimeout(async () => {
      const found = await Promise.all(
        missing.map(async (serial) => [serial, await write('rawSip', done, serial)] as const),
      );
      if (trace.peek() !== done) return;
      const before = written.peek()?.of === done ? (written.peek()?.texts ?? []) : [];
      written.value = { of: done, texts: new Map([...before, ...found]) };
    }, writesAfterMs);
  });
}

/** The message of the selected step as SIP, to be read and copied. */
export const RawMessage = () => {
  const serial = serialAt(toldRecord.value?.step);
  const lines = textOf(serial);
  if (serial === null || lines === null) return null;
  return (
    <details
      class="raw"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>Raw SIP</summary>
      {lines && <pre>{lines.join('\n')}</pre>}
      <p class="soft">
        Method, status, contacts and lifetimes are those of the run; addresses, tags, branches and nonces are examples.
      </p>
      <button
        type="button"
        class="small"
        disabled={lines === undefined}
        onClick={() => copy(`${lines?.join('\r\n')}\r\n`, 'The message')}
      >
        Copy
      </button>
    </details>
  );
};

/** The SIP of the marked step and of the selected one, line against line. */
export const RawDifference = () => {
  const [one, other] = [textOf(serialAt(marked.value?.step)), textOf(serialAt(step.value))];
  if (!one || !other) return null;
  return (
    <>
      <h3>Messages</h3>
      <ul class="diff raw-diff">
        {lineDifferences(one, other).map(({ change, text }, index) => (
          <li key={`${index} ${text}`} class={`plain ${change}`}>
            <span aria-hidden="true">{change === 'gone' ? '−' : change === 'new' ? '+' : ''}</span>
            <span>
              {text}
              {change !== 'same' && <span class="unseen"> {change === 'gone' ? 'only before' : 'only after'}</span>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
};
