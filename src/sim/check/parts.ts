import { type Call, calls } from '../../machines/messages.ts';
import type { AnyProperty, Property, PropertySettings } from '../properties/property.ts';
import type { Scenario, Step } from '../scenario/scenario.ts';

/** The call that a step dials, or null. */
const dialledBy = ({ action }: Step): Call | null =>
  'party' in action && action.event.type === 'call.dial' ? action.event.call : null;

/**
 * What is violated just when a property is, in pieces that are far quicker to decide: a property that judges each call
 * on its own, once per call. A piece is settled as soon as its own call is, whatever becomes of the others.
 */
export function partsOf(property: AnyProperty, { steps }: Pick<Scenario, 'steps'>): readonly AnyProperty[] {
  const dialled = calls.filter((call) => steps.some((step) => dialledBy(step) === call));
  if (!property.judgesEachCall || dialled.length < 2) return [property];
  return dialled.map((call) => ofOneCall(property as unknown as Property<unknown>, call) as unknown as AnyProperty);
}

/** A property that sees nothing of the other calls. */
function ofOneCall(property: Property<unknown>, call: Call): Property<unknown> {
  const isOther = (step: Step) => dialledBy(step) !== null && dialledBy(step) !== call;
  const own = (settings: PropertySettings) => ({ ...settings, steps: settings.steps.filter((step) => !isOther(step)) });
  const { settled } = property;
  return {
    ...property,
    next: (state, sighting, settings) =>
      'call' in sighting && sighting.call !== call ? state : property.next(state, sighting, settings),
    ...(settled && { settled: (state, settings) => settled(state, own(settings)) }),
  };
}
