import { Icon } from '../Icon.tsx';
import { move, toEnd, toStart, toViolation } from '../moves.ts';
import { isPlaying, speed, speeds, togglePlaying } from '../play.ts';
import { record, trace, violations } from '../store.ts';

const PlayButton = () => (
  <button type="button" class="play" onClick={togglePlaying} aria-label={isPlaying.value ? 'Pause' : 'Play'}>
    <Icon d={isPlaying.value ? 'M3 2h3v10H3zM8 2h3v10H8z' : 'M3 1.5v11l9-5.5z'} />
  </button>
);

const Speeds = () => (
  <fieldset class="segments speeds" aria-label="Speed of playing">
    {speeds.map((one) => (
      <button
        key={one}
        type="button"
        aria-pressed={one === speed.value}
        onClick={() => {
          speed.value = one;
        }}
      >
        {one === 0.5 ? '½' : one}×
      </button>
    ))}
  </fieldset>
);

/** It alone changes with each step. */
const StepCount = () => (
  <output aria-label="Selected step">
    {record.value?.step ?? 0}
    <small>/{(trace.value?.records.length ?? 1) - 1}</small>
  </output>
);

/** Moves through the run: step by step, by itself, to its ends and its violations. */
export const Transport = () => (
  <div class="transport-bar">
    <Speeds />
    <fieldset class="segments transport" aria-label="Steps">
      <button type="button" onClick={toStart} aria-label="First step">
        <Icon d="M0 2h2v10H0zM8 2v10L2.5 7zM13.5 2v10L8 7z" />
      </button>
      <button type="button" onClick={() => move(-1)} aria-label="Step back">
        <Icon d="M2 2h2v10H2zM11 2v10L4.5 7z" />
      </button>
      <PlayButton />
      <button type="button" onClick={() => move(1)} aria-label="Step">
        <Icon d="M3 2v10l6.5-5zM10 2h2v10h-2z" />
      </button>
      <button type="button" onClick={toEnd} aria-label="Run to the end">
        <Icon d="M.5 2v10L6 7zM6 2v10l5.5-5zM12 2h2v10h-2z" />
      </button>
      <button type="button" onClick={toViolation} aria-label="Next violation" disabled={violations.value.length === 0}>
        <span class="flag-glyph">
          <Icon d="M2 1h10L9 4.5 12 8H4v5H2z" />
        </span>
      </button>
      <StepCount />
    </fieldset>
  </div>
);
