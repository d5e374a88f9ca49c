import type { Scenario } from '../scenario/scenario.ts';
import type { Sighting } from '../scenario/sighting.ts';
import type { Property as ObservedProperty } from '../system/property.ts';

/** What a property of a hand-over must know of the scenario. */
export type PropertySettings = Pick<
  Scenario,
  'mode' | 'limits' | 'steps' | 'otherDevice' | 'autoSend180' | 'unreportedPush' | 'server' | 'phones'
>;

/** Something that must hold of a hand-over. */
export type Property<State = never> = ObservedProperty<
  State,
  Sighting,
  PropertySettings,
  Pick<PropertySettings, 'mode' | 'limits'>
>;
