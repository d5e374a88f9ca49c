import { differences } from '../model/differences.ts';

/** What has changed between two values, and on demand what has not. */
export const Differences = ({ before, after }: { before: unknown; after: unknown }) => {
  const lines = differences(before, after);
  const changed = lines.filter(({ change }) => change !== 'same');
  return (
    <>
      {changed.length === 0 && <p class="soft">unchanged</p>}
      <ul class="diff">
        {changed.map(({ change, path, value }) => (
          <li key={`${change} ${path}`} class={change}>
            <span aria-hidden="true">{change === 'gone' ? '−' : '+'}</span>
            <span class="path">{path}</span>
            <span class="value">{value}</span>
          </li>
        ))}
      </ul>
      {lines.length > changed.length && (
        <details>
          <summary>{lines.length - changed.length} unchanged</summary>
          <ul class="diff">
            {lines
              .filter(({ change }) => change === 'same')
              .map(({ path, value }) => (
                <li key={path}>
                  <span />
                  <span class="path">{path}</span>
                  <span class="value">{value}</span>
                </li>
              ))}
          </ul>
        </details>
      )}
    </>
  );
};
