import { useEffect, useRef } from 'preact/hooks';
import { activePaths } from '../../model/stateWords.ts';
import { ownId } from '../../protocol/connections.ts';
import type { InspectionEvent } from '../../protocol/inspectionEvents.ts';
import { Differences } from '../Differences.tsx';
import { offerBridge } from '../hosted/bridge.ts';
import { boot } from '../store.ts';
import { LiveChart } from './LiveChart.tsx';
import {
  type Application,
  activeNow,
  actors,
  applications,
  chosenActor,
  happened,
  nameOf,
  received,
  selected,
  shownActor,
  shownIndex,
  snapshotBefore,
} from './store.ts';
import { nextEvents } from './taken.ts';

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

const Chips = ({ title, texts }: { title: string; texts: readonly string[] }) =>
  texts.length === 0 ? null : (
    <>
      <h3>{title}</h3>
      <ul class="chips">
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );

const Details = () => {
  const [index, actor] = [shownIndex.value, shownActor.value];
  const event = received.value[index];
  if (event === undefined || actor === null) return <section class="panel live-details" aria-label="Details" />;
  const before = snapshotBefore(actor.sessionId, index);
  const now = snapshotBefore(actor.sessionId, index + 1);
  return (
    <section class="panel live-details" aria-label="Details">
      <h2>{textOf(event)}</h2>
      {event.type === '@xstate.event' && <pre>{JSON.stringify(event.event, null, 2)}</pre>}
      <Chips title="Active states" texts={activeNow.value.map((path) => path.replaceAll('.', ' › '))} />
      <Chips title="Events that it hears now" texts={nextEvents.value} />
      <h3>Context</h3>
      <Differences before={before?.context} after={now?.context} />
    </section>
  );
};

const ActorButton = ({ actor: { sessionId, connection, name } }: { actor: Application['actors'][number] }) => (
  <li>
    <button
      type="button"
      aria-pressed={chosenActor.value === sessionId}
      onClick={() => {
        chosenActor.value = chosenActor.value === sessionId ? null : sessionId;
        selected.value = null;
      }}
    >
      <b>{name}</b> <small>{ownId(sessionId, connection)}</small>
    </button>
  </li>
);

const ApplicationActors = ({ one: { connection, actors, hasEnded } }: { one: Application }) => (
  <>
    {(applications.value.length > 1 || hasEnded) && (
      <h2 class="application">
        Application {connection} {hasEnded && <small>has gone</small>}
      </h2>
    )}
    <ul class={hasEnded ? 'actors ended' : 'actors'}>
      {actors.map((actor) => (
        <ActorButton key={actor.sessionId} actor={actor} />
      ))}
    </ul>
  </>
);

const ActorList = () => (
  <section class="panel" aria-label="Actors">
    <h1>Applications</h1>
    {applications.value.map((one) => (
      <ApplicationActors key={one.connection} one={one} />
    ))}
    {actors.value.length === 0 && <p class="soft">No application has connected yet.</p>}
    {boot.value.viewer !== null && actors.value.length > 0 && (
      <button type="button" class="small" onClick={() => offerBridge('applications')}>
        Hosted viewer…
      </button>
    )}
  </section>
);

/** So many events are listed around the one that is looked at; there may be a hundred thousand. */
const mostListed = 400;

const EventList = () => {
  const list = useRef<HTMLOListElement>(null);
  const all = happened.value;
  const here = shownIndex.value;
  const position = all.findLastIndex(({ index }) => index <= here);
  const first = Math.max(0, Math.min(position - mostListed / 2, all.length - mostListed));
  const listed = all.slice(first, first + mostListed);
  useEffect(() => {
    list.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [here]);
  return (
    <section class="panel live-events" aria-label="Events">
      {listed.length < all.length && (
        <p class="soft">
          {first + 1} to {first + listed.length} of {all.length}
        </p>
      )}
      <ol ref={list}>
        {listed.map(({ event, index }) => (
          <li key={index}>
            <button
              type="button"
              class={event.type === '@xstate.event' ? 'told' : 'became'}
              aria-pressed={index === here}
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
  );
};

const ChartPanel = () => (
  <section class="panel live-chart" aria-label="State machine">
    <h2 class="unseen">Machine of {shownActor.value?.name ?? 'nobody yet'}</h2>
    <LiveChart />
  </section>
);

/** The XState 5 applications that connected: their actors, their machines, what they were told, what became of them. */
export const LivePage = () => (
  <main class="live">
    <div class="live-left">
      <ActorList />
      <EventList />
    </div>
    <ChartPanel />
    <Details />
  </main>
);
