import { activePaths } from '../../model/stateWords.ts';
import type { InspectionEvent } from '../../protocol/inspectionEvents.ts';
import { Differences } from '../Differences.tsx';
import { offerBridge } from '../hosted/bridge.ts';
import { boot } from '../store.ts';
import { actors, happened, received, selected, snapshotBefore } from './store.ts';

const nameOf = (sessionId: string | undefined): string => {
  const found = actors.value.findLast((one) => one.sessionId === sessionId);
  return found?.type === '@xstate.actor' ? found.name : (sessionId ?? 'outside');
};

const clock = ({ createdAt }: InspectionEvent): string => {
  const date = new Date(Number(createdAt));
  return Number.isNaN(date.getTime()) ? createdAt : date.toISOString().slice(11, 23);
};

const textOf = (event: InspectionEvent): string => {
  if (event.type === '@xstate.event')
    return `${nameOf(event.sourceId)} → ${nameOf(event.sessionId)}: ${event.event.type}`;
  if (event.type === '@xstate.actor') return event.name;
  const states = activePaths(event.snapshot.value).map((path) => path.join(' › '));
  return `${nameOf(event.sessionId)} is ${states.join(', ') || event.snapshot.status || 'active'}`;
};

const Details = () => {
  const index = selected.value ?? happened.value.at(-1)?.index;
  const event = index === undefined ? undefined : received.value[index];
  if (index === undefined || event === undefined) return null;
  const before = snapshotBefore(event.sessionId, index);
  return (
    <section class="panel live-details" aria-label="Details">
      <h2>{textOf(event)}</h2>
      {event.type === '@xstate.event' && <pre>{JSON.stringify(event.event, null, 2)}</pre>}
      {event.type === '@xstate.snapshot' && (
        <>
          <h3>States</h3>
          <ul class="chips">
            {activePaths(event.snapshot.value).map((path) => (
              <li key={path.join()}>{path.join(' › ')}</li>
            ))}
          </ul>
          <h3>Context</h3>
          <Differences before={before?.context} after={event.snapshot.context} />
        </>
      )}
    </section>
  );
};

/** The XState 5 applications that connected: their actors, what they were told and what became of them. */
export const LivePage = () => (
  <main class="live">
    <section class="panel" aria-label="Actors">
      <h1>Applications</h1>
      <ul class="actors">
        {actors.value.map((one) => (
          <li key={one.sessionId}>
            <b>{nameOf(one.sessionId)}</b> <small class="soft">{one.sessionId}</small>
          </li>
        ))}
      </ul>
      {actors.value.length === 0 && <p class="soft">No application has connected yet.</p>}
      {boot.value.viewer !== null && actors.value.length > 0 && (
        <button type="button" class="small" onClick={() => offerBridge('applications')}>
          Hosted viewer…
        </button>
      )}
    </section>
    <section class="panel live-events" aria-label="Events">
      <ol>
        {happened.value.map(({ event, index }) => (
          <li key={index}>
            <button
              type="button"
              class={event.type === '@xstate.event' ? 'told' : 'became'}
              aria-pressed={index === selected.value}
              onClick={() => {
                selected.value = index;
              }}
            >
              <span class="date">{clock(event)}</span> {textOf(event)}
            </button>
          </li>
        ))}
      </ol>
    </section>
    <Details />
  </main>
);
