import { raceLines, raceWindow } from '../store.ts';

/** The race window in words: between which dates and after which delays the run goes wrong. */
export const RacePanel = () =>
  raceWindow.value !== null &&
  raceLines.value.length > 0 && (
    <section class="panel race-words" aria-label="Race window">
      <h2>When it goes wrong</h2>
      <p class="soft">{raceWindow.value.property} is violated, all else within its windows, with</p>
      <ul>
        {raceLines.value.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
