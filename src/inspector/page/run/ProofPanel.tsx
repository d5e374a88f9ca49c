import { giveUp, openCounterexample, proof, prove } from '../proof.ts';

const Result = () => {
  const found = proof.value;
  if (found === null || found === 'underWay') return null;
  return (
    <>
      <p class={found.verdict === 'holds' ? 'good' : 'bad'} role="status">
        <b>
          {found.property}: {found.verdict}
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

/** The way from one run to all of them: what the checker says of the promise that counts most. */
export const ProofPanel = () => (
  <section class="panel proof">
    <h2>Every order and every delay</h2>
    {proof.value === 'underWay' ? (
      <p>
        Trying them all…{' '}
        <button type="button" class="small" onClick={giveUp}>
          Give up
        </button>
      </p>
    ) : (
      <>
        <Result />
        {proof.value === null && (
          <button type="button" class="small" onClick={() => prove('noInviteLost')}>
            Prove that no call is lost <kbd>P</kbd>
          </button>
        )}
      </>
    )}
  </section>
);
