import { type Call, calls } from '../../../machines/messages.ts';
import { canonical } from '../../data/canonical.ts';
import type { Property, PropertySettings } from '../../properties/property.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { AnyStep, Settings } from '../../system/settings.ts';

/** The calls that a scenario makes. */
export const dialledCalls = ({ steps }: Pick<Settings, 'steps'>): readonly Call[] =>
  calls.filter((call) => steps.some((step) => dialledBy(step) === call));

/** The call that a step dials, or null. */
const dialledBy = ({ action }: Pick<AnyStep, 'action'>): Call | null =>
  'party' in action && action.event.type === 'call.dial' ? ((action.event as { call?: Call }).call ?? null) : null;

/**
 * Properties that together are violated exactly where a given one is, and that are quicker to decide: a property that
 * judges calls one by one, once per call that is not symmetric to another. A part is settled as soon as its own call
 * is.
 */
export function partsOf(property: AnyProperty, scenario: Pick<Settings, 'steps' | 'faults'>): readonly AnyProperty[] {
  const dialled = dialledCalls(scenario);
  if (!property.judgesEachCall || property.call !== undefined || dialled.length < 2) return [property];
  const judged = areAlike(scenario) ? dialled.slice(0, 1) : dialled;
  return judged.map((call) => ofOneCall(property, call));
}

/**
 * Whether the calls are symmetric: exchanging their names leaves the scenario as it is. A fault breaks the symmetry: of
 * two messages that are sent at once it hits the first, which the names decide.
 */
function areAlike({ steps, faults }: Pick<Settings, 'steps' | 'faults'>): boolean {
  const renamed = steps.map(({ action, ...step }) =>
    'party' in action && 'call' in action.event
      ? { ...step, action: { ...action, event: { ...action.event, call: action.event.call === 1 ? 2 : 1 } } }
      : { ...step, action },
  );
  return faults.length === 0 && chainsOf(steps).join() === chainsOf(renamed).join();
}

/** Each step with those that follow it one by one, as texts in an order of their own. */
function chainsOf(steps: readonly Pick<AnyStep, 'from'>[]): string[] {
  const chains: string[] = [];
  for (const step of steps) {
    const text = canonical(step);
    if (step.from === 'start' || chains.length === 0) chains.push(text);
    else chains.push(`${chains.pop()} ${text}`);
  }
  return chains.sort();
}

/** A property that judges calls one by one, for one of them: it sees nothing of the others. */
export function ofOneCall(whole: AnyProperty, call: Call): AnyProperty {
  const property = whole as unknown as Property<unknown>;
  const isOther = (step: AnyStep) => dialledBy(step) !== null && dialledBy(step) !== call;
  const own = (settings: PropertySettings) => ({ ...settings, steps: settings.steps.filter((step) => !isOther(step)) });
  const { settled } = property;
  const piece: Property<unknown> = {
    ...property,
    call,
    next: (state, sighting, settings) =>
      'call' in sighting && sighting.call !== call ? state : property.next(state, sighting, settings),
    ...(settled && { settled: (state, settings) => settled(state, own(settings)) }),
  };
  return piece as unknown as AnyProperty;
}
