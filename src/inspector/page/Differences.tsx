import { useState } from 'preact/hooks';
import { type DifferenceLine, differences } from '../model/differences.ts';

const marks = { same: '', gone: '−', new: '+' } as const;

/** Which line it is counts for nothing: what stands in a place takes over the elements of what stood there before. */
const Lines = ({ lines }: { lines: readonly DifferenceLine[] }) => (
  <ul class="diff">
    {lines.map(({ change, path, value }, index) => (
      <li key={index} class={change}>
        <span aria-hidden="true">{marks[change]}</span>
        <span class="path">{path}</span>
        <span class="value">{value}</span>
      </li>
    ))}
  </ul>
);

/** What has not changed is in the document where somebody looks at it. */
const Unchanged = ({ lines }: { lines: readonly DifferenceLine[] }) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{lines.length} unchanged</summary>
      {isOpen && <Lines lines={lines} />}
    </details>
  );
};

/** What has changed between two values, and on demand what has not. */
export const Differences = ({ before, after }: { before: unknown; after: unknown }) => {
  const lines = differences(before, after);
  const changed = lines.filter(({ change }) => change !== 'same');
  return (
    <>
      {changed.length === 0 ? <p class="soft">unchanged</p> : <Lines lines={changed} />}
      {lines.length > changed.length && <Unchanged lines={lines.filter(({ change }) => change === 'same')} />}
    </>
  );
};
