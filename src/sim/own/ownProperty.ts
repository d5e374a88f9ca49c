import type { AnyProperty, Property } from '../system/property.ts';
import type { AnyEvent } from '../system/settings.ts';

/** A property of your own: an observer of what the machines show. Its state is plain data with few values. */
export interface PropertyDefinition<State, Seen extends AnyEvent = AnyEvent> {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  readonly initial: State;
  /** The next state for each type of sighting; other sightings change nothing. */
  readonly on: { readonly [Type in Seen['type']]?: (state: State, sighting: Extract<Seen, { type: Type }>) => State };
  /** How long a state may last, in milliseconds, where that is bounded. */
  readonly withinMs?: (state: State) => number | null;
  /** What is wrong with a state, or null. What has been wrong once stays so. */
  readonly violation?: (state: State) => string | null;
  /** What is wrong when the run ends in a state. */
  readonly unfinished?: (state: State) => string | null;
  /** Whether a state shows that there was something to judge: without such a run the verdict says so. */
  readonly witnessed: (state: State) => boolean;
}

/** A state of the user's observer, the last witness that it gave, and whether it has lasted too long. */
interface Observed<State> {
  readonly state: State;
  readonly witnessed: boolean;
  readonly isLate: boolean;
}

const key = 'bound';

/** A property of your own, for `defineScenario` and `defineSystem`. */
export function defineProperty<State, Seen extends AnyEvent = AnyEvent>(
  definition: PropertyDefinition<State, Seen>,
): AnyProperty {
  const { name, says, initial, on, withinMs, violation, unfinished, witnessed } = definition;
  const wrong = ({ state, isLate }: Observed<State>) => {
    const what = violation?.(state) ?? (isLate ? `not in time: ${says}` : null);
    return what === null ? null : { what, calls: [] };
  };
  const handlers = on as Readonly<Record<string, ((state: State, sighting: AnyEvent) => State) | undefined>>;
  const property: Property<Observed<State>, AnyEvent, unknown> = {
    name,
    sentence: () => says,
    appliesTo: () => true,
    initial: { state: initial, witnessed: witnessed(initial), isLate: false },
    next: (before, sighting) => {
      const handler = handlers[sighting.type];
      if (handler === undefined || wrong(before) !== null) return before;
      const state = handler(before.state, sighting);
      return { ...before, state, witnessed: before.witnessed || witnessed(state) };
    },
    ...(withinMs && {
      obligations: ({ state, isLate }) => {
        const limitMs = isLate ? null : withinMs(state);
        return limitMs === null ? [] : [{ key, limitMs }];
      },
      missed: (before) => ({ ...before, isLate: true }),
    }),
    violation: wrong,
    unfinished: (before) => {
      const what = unfinished?.(before.state) ?? null;
      return what === null ? null : { what, calls: [] };
    },
    witnessed: (before) => before.witnessed,
  };
  return property as unknown as AnyProperty;
}
