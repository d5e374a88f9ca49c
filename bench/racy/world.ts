import type { Message, PartyName } from '../../src/machines/messages.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import type { Window } from '../../src/sim/data/window.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';

export type Steps = ScenarioDocument['steps'];
export type Course = Partial<ScenarioDocument> & { readonly steps: Steps };

/** A scenario of which only what matters is said. */
export const world = (course: Course, mode: ModeName, server: ServerProfile): Scenario =>
  scenarioIn({ name: 'racy', title: 'Racy', ...course }, mode, server);

/** The same world in which a message comes that none of its parties sends, within those milliseconds. */
export const told = (scenario: Scenario, afterMs: Window, party: PartyName, event: Message): Scenario => ({
  ...scenario,
  steps: [...scenario.steps, { from: 'start', afterMs, action: { party, event } }],
});

export const awake: Steps = [{ at: '0s', do: 'open' }];
export const asleep: Steps = [...awake, { at: '5s', do: 'home' }];
export const dead: Steps = [...asleep, { at: '40s', do: 'kill' }];

/** Both user agents over connections. */
export const connections: NonNullable<ScenarioDocument['links']> = {
  appSip: { transport: 'tcp' },
  pushServerSip: { transport: 'tcp' },
};

export const ringing = (steps: Steps, ...then: Steps): Steps => [...steps, { at: '10s', do: 'dial', call: 1 }, ...then];
export const atOnce: [string, string] = ['0s', '100ms'];
export const wide: [string, string] = ['20ms', '400ms'];
export const slow: [string, string] = ['300ms', '400ms'];
export const ios = { unreportedPush: 'terminates' } as const;
