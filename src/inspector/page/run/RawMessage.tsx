import { computed } from '@preact/signals';
import { lineDifferences } from '../../model/differences.ts';
import { rawSip } from '../../wire/rawSip.ts';
import { copy } from '../copy.ts';
import { marked, record, trace } from '../store.ts';

/** The SIP of a step's message; null where it is none. */
function rawOf(at: number | undefined): readonly string[] | null {
  const done = trace.value;
  const shown = done?.records[at ?? -1];
  return done && shown?.kind === 'message' ? rawSip(done, shown.serial) : null;
}

const lines = computed(() => rawOf(record.value?.step));

/** The message of the selected step as SIP, to be read and copied. */
export const RawMessage = () =>
  lines.value && (
    <details class="raw">
      <summary>Raw SIP</summary>
      <pre>{lines.value.join('\n')}</pre>
      <p class="soft">
        Method, status, contacts and lifetimes are those of the run; addresses, tags, branches and nonces are examples.
      </p>
      <button type="button" class="small" onClick={() => copy(`${lines.value?.join('\r\n')}\r\n`, 'The message')}>
        Copy
      </button>
    </details>
  );

/** The SIP of the marked step and of the selected one, line against line. */
export const RawDifference = () => {
  const [one, other] = [rawOf(marked.value?.step), lines.value];
  if (one === null || other === null) return null;
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
