import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { PartyName } from '../../../machines/messages.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import type { TraceRecord } from '../../../sim/trace/trace.ts';
import { activePaths } from '../../model/stateWords.ts';
import { Differences } from '../Differences.tsx';
import { titleOf } from '../parties.ts';
import { toldRecord, trace } from '../store.ts';
import { snapshotAt } from './heads.ts';
import { RawMessage } from './RawMessage.tsx';
import { StepLink } from './StepLink.tsx';
import { Choices, Faults } from './WhatIf.tsx';
import { When } from './When.tsx';
import { eventLabel, headline, isParty, linkText, windowText } from './words.ts';

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Of every message the step that sent it and the one in which it arrived first, by its serial. */
const journeys = computed(() => {
  const records = trace.value?.records ?? [];
  const sent = records.flatMap((sender) =>
    sender.sent.map((message) => [message.serial, { sender, message }] as const),
  );
  const arrived = records.filter(({ kind }) => kind === 'message').map((one) => [one.serial, one] as const);
  // Of a message that was doubled the first arrival counts.
  return { sent: new Map(sent), arrived: new Map(arrived.toReversed()) };
});

/** The step that sent the message of a step, and what the message was drawn from. */
const origin = computed(() => journeys.value.sent.get(toldRecord.value?.serial ?? -1) ?? null);

const fateWords = { happen: 'arrived', lose: 'lost on its way', duplicate: 'arrived, and a second copy is under way' };

const MessageFacts = ({ shown }: { shown: TraceRecord }) => {
  const { event, link, atMs, sentAtMs, fate, ignored } = shown;
  const { type, ...fields } = event;
  return (
    <dl>
      <Fact name="message">
        <code>{type}</code>
      </Fact>
      {Object.entries(fields).map(([name, value]) => (
        <Fact key={name} name={name}>
          <code>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</code>
        </Fact>
      ))}
      <Fact name="over">{link === null ? '' : linkText(link)}</Fact>
      <Fact name="sent">
        {secondsText(sentAtMs)} s{' '}
        {origin.value && <StepLink to={origin.value.sender.step}>step {origin.value.sender.step}</StepLink>}
      </Fact>
      <Fact name="took">
        {atMs - sentAtMs} ms {origin.value && <span class="soft">of {windowText(origin.value.message.windowMs)}</span>}
      </Fact>
      <Fact name="fate">
        {fateWords[fate]}
        {ignored && ', and nobody heard it'}
      </Fact>
    </dl>
  );
};

/** The states of the party before and after the step, and what became of its context. */
const Machine = ({ party, at }: { party: PartyName; at: number }) => {
  const [before, after] = [snapshotAt(party, at - 1), snapshotAt(party, at)];
  const old = new Set(activePaths(before?.value).map((path) => path.join(' › ')));
  return (
    <>
      <h3>{titleOf(party)}: states</h3>
      <ul class="chips">
        {activePaths(after?.value).map((path, index) => {
          const text = path.join(' › ');
          return (
            <li key={index} class={old.has(text) ? '' : 'entered'}>
              {text}
            </li>
          );
        })}
      </ul>
      <h3>{titleOf(party)}: context</h3>
      <Differences before={before?.context} after={after?.context} />
    </>
  );
};

const Sent = ({ shown }: { shown: TraceRecord }) => {
  if (shown.sent.length === 0) return null;
  return (
    <>
      <h3>Sends</h3>
      <ul class="sent">
        {shown.sent.map(({ serial, to, event }, index) => {
          const arrival = journeys.value.arrived.get(serial);
          return (
            <li key={index}>
              {eventLabel('message', event)} <span class="soft">to {titleOf(to)}</span>{' '}
              {arrival ? (
                <StepLink to={arrival.step}>step {arrival.step}</StepLink>
              ) : (
                <span class="soft">never arrives</span>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
};

/** Everything about the selected step, and what could happen instead. */
export const StepPanel = () => {
  const shown = toldRecord.value;
  if (shown === null) return <section class="panel step-panel" aria-label="Step" />;
  return (
    <section class="panel step-panel" aria-label="Step">
      <h2>{headline(shown)}</h2>
      <p class="soft">
        step {shown.step} at {secondsText(shown.atMs)} s
      </p>
      <When />
      {shown.kind === 'message' && <Faults shown={shown} />}
      <div class="scroll">
        {shown.kind === 'message' && <MessageFacts shown={shown} />}
        <RawMessage />
        {isParty(shown.targetRef) && <Machine party={shown.targetRef} at={shown.step} />}
        <Sent shown={shown} />
        <Choices />
      </div>
    </section>
  );
};
