import { EventRows, followNewest, followsNewest } from './EventRows.tsx';
import { clearEvents, exportEvents } from './history.ts';
import { received, recording } from './received.ts';
import { eventLook, happened, liveFilter, selected, showEventsAs } from './store.ts';

export const liveFilterId = 'live-filter';

const LookSwitch = () => (
  <fieldset class="segments" aria-label="How events are shown">
    {(['list', 'sequence'] as const).map((one) => (
      <button key={one} type="button" aria-pressed={eventLook.value === one} onClick={() => showEventsAs(one)}>
        {one}
      </button>
    ))}
  </fieldset>
);

/** Back to what comes in, for who looks at something else. */
const NewestButton = () =>
  selected.value === null && followsNewest.value ? null : (
    <button type="button" class="small newest" onClick={followNewest}>
      Newest <kbd>End</kbd>
    </button>
  );

/** Whether something is left out; said once the reader has stopped typing, for it is a status. */
const Count = () => {
  const [listed, of] = [happened.value.length, received.value.filter(({ type }) => type !== '@xstate.actor').length];
  return (
    <span class="soft" role="status">
      {listed === of ? `${of} event${of === 1 ? '' : 's'}` : `${listed} of ${of}`}
    </span>
  );
};

/** What happened in the applications, with all that can be done with it. */
export const EventPanel = () => (
  <section class="panel live-events" aria-label="Events">
    <div class="event-bar">
      <LookSwitch />
      <button type="button" class="small" onClick={exportEvents} title="all events, as a file for Open…">
        Export
      </button>
      <button type="button" class="small" onClick={clearEvents} title="forget what happened so far">
        {recording.value === null ? 'Clear' : 'Close'}
      </button>
    </div>
    <div class="event-bar">
      <input
        id={liveFilterId}
        type="search"
        placeholder="filter  /"
        aria-label="Filter events: by actor, event and state"
        value={liveFilter.value}
        onInput={({ currentTarget }) => {
          liveFilter.value = currentTarget.value;
        }}
      />
      <Count />
      <NewestButton />
    </div>
    <EventRows />
  </section>
);
