import { pathWords } from '../../charts/statePath.ts';
import { Differences } from '../Differences.tsx';
import { ActorList } from './ActorList.tsx';
import { Attach } from './Attach.tsx';
import { actors, snapshotBefore } from './actors.ts';
import { EventPanel } from './EventPanel.tsx';
import { eventWords } from './eventWords.ts';
import { LiveChart } from './LiveChart.tsx';
import { received, recording } from './received.ts';
import { activeNow, eventLook, shownActor, shownIndex } from './store.ts';
import { nextEvents } from './taken.ts';

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
      <h2>{eventWords(event, index)}</h2>
      {event.type === '@xstate.event' && <pre>{JSON.stringify(event.event, null, 2)}</pre>}
      <Chips title="Active states" texts={activeNow.value.map(pathWords)} />
      <Chips title="Events that it hears now" texts={nextEvents.value} />
      <h3>Context</h3>
      <Differences before={before?.context} after={now?.context} />
    </section>
  );
};

const ChartPanel = () => (
  <section class="panel live-chart" aria-label="State machine">
    <h2 class="unseen">Machine of {shownActor.value?.name ?? 'nobody yet'}</h2>
    <LiveChart />
  </section>
);

/** Nobody has connected: how to. */
const Waiting = () => (
  <main class="live waiting">
    <section class="panel" aria-labelledby="waiting-title">
      <h1 id="waiting-title">No application has connected yet.</h1>
      <p>
        An XState 5 application that connects shows its machines here: which states are active, what its actors say, and
        what that changes.
      </p>
      <Attach />
    </section>
  </main>
);

/** The XState 5 applications that connected: their actors, their machines, what they were told, what became of them. */
export const LivePage = () =>
  actors.value.length === 0 && recording.value === null ? (
    <Waiting />
  ) : (
    <main class={`live ${eventLook.value}`}>
      <div class="live-left">
        <ActorList />
        <EventPanel />
      </div>
      <ChartPanel />
      <Details />
    </main>
  );
