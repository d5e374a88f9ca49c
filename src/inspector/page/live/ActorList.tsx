import type { RecordedRun } from '../../model/recording.ts';
import { ownId } from '../../protocol/connections.ts';
import { offerBridge } from '../hosted/bridge.ts';
import { boot } from '../store.ts';
import { Attach } from './Attach.tsx';
import { type Application, actors, applications } from './actors.ts';
import { liveServer, recording } from './received.ts';
import { chosenActor, chosenApplication, selected } from './store.ts';

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

/** The name of an application, which lists its events alone. */
const ApplicationHead = ({ one: { connection, hasEnded } }: { one: Application }) => {
  const words = (
    <>
      Application {connection} {hasEnded && <small>has gone</small>}
    </>
  );
  if (applications.value.length === 1) return hasEnded ? <h2 class="application">{words}</h2> : null;
  return (
    <h2 class="application">
      <button
        type="button"
        aria-pressed={chosenApplication.value === connection}
        onClick={() => {
          chosenApplication.value = chosenApplication.value === connection ? null : connection;
          chosenActor.value = null;
          selected.value = null;
        }}
      >
        {words}
      </button>
    </h2>
  );
};

const ApplicationActors = ({ one }: { one: Application }) => (
  <>
    {recording.value?.run == null && <ApplicationHead one={one} />}
    <ul class={one.hasEnded ? 'actors ended' : 'actors'}>
      {one.actors.map((actor) => (
        <ActorButton key={actor.sessionId} actor={actor} />
      ))}
    </ul>
  </>
);

/** How one more application is connected, out of the way. */
const AttachAnother = () =>
  liveServer.value === 'there' && recording.value === null ? (
    <details class="attach-another">
      <summary>Connect another one</summary>
      <Attach />
    </details>
  ) : recording.value === null ? (
    <Attach />
  ) : null;

/** What a recorded run of a module's machines says, what it is not, and how to get that. */
const RunNote = ({ file, run }: { file: string; run: RecordedRun }) => (
  <>
    <h1>{run.title}</h1>
    <p class="soft">
      recorded: one run of {file}, seed {run.seed}
    </p>
    {run.said.map((sentence) => (
      <p key={sentence}>{sentence}</p>
    ))}
    {run.window.length > 0 && (
      <>
        <h2>When it goes wrong</h2>
        <ul class="chips">
          {run.window.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </>
    )}
    <p class="notice of-run">
      This page has no machines of {file}: it shows what they did in this run, proves nothing of other runs, and nothing
      in it can be changed. <code>npx ringproof {run.again}</code> has proof and what if.
    </p>
  </>
);

const Heading = () => {
  const shown = recording.value;
  if (shown !== null && shown.run !== null) return <RunNote file={shown.file} run={shown.run} />;
  return (
    <>
      <h1>Applications</h1>
      {shown !== null && <p class="soft">recorded in {shown.file}</p>}
    </>
  );
};

/** The applications with their actors. */
export const ActorList = () => (
  <section class="panel" aria-label="Actors">
    <Heading />
    {applications.value.map((one) => (
      <ApplicationActors key={one.connection} one={one} />
    ))}
    <AttachAnother />
    {boot.value.viewer !== null && actors.value.length > 0 && (
      <button type="button" class="small" onClick={() => offerBridge('applications')}>
        Hosted viewer…
      </button>
    )}
  </section>
);
