import { chooseProperty, chosenProperty, giveUp, openCounterexample, proof, provable, prove } from '../proof.ts';

const Result = () => {
  const found = proof.value;
  if (found === null || found === 'underWay') return null;
  return (
    <>
      <p class={found.verdict === 'holds' ? 'good' : 'bad'} role="status">
        <b>
          {found.property}: {found.verdict}
          {found.verdict === 'holds' && !found.witnessed && ', nothing to judge'}
        </b>
      </p>
      <p class="soft">
        <small>{found.scope}</small>
      </p>
      {found.counterexample && (
        <>
          <ul>
            {found.counterexample.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <button type="button" class="small" onClick={openCounterexample}>
            Show this run
          </button>
        </>
      )}
    </>
  );
};

/** The way from one run to all of them: what the checker says of any property that is claimed of the mode. */
export const ProofPanel = () => (
  <section class="panel proof">
    <h2>Every order and every delay</h2>
    <p class="prove">
      <select
        aria-label="What to prove"
        value={chosenProperty.value}
        onChange={({ currentTarget }) => chooseProperty(currentTarget.value)}
      >
        {provable.value.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {proof.value === 'underWay' ? (
        <button type="button" class="small" onClick={giveUp}>
          Give up
        </button>
      ) : (
        <button type="button" class="small" onClick={prove}>
          Prove <kbd>P</kbd>
        </button>
      )}
    </p>
    {proof.value === 'underWay' ? <p role="status">Trying them all…</p> : <Result />}
  </section>
);
