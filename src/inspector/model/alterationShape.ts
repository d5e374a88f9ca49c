import { partyNames } from '../../machines/messages.ts';
import { everyMode } from '../../machines/modeVariants.ts';
import {
  interval,
  isObject,
  nullable,
  number,
  object,
  oneOf,
  type Shape,
  text,
  wholeFrom,
} from '../../sim/data/shape.ts';
import { faultShape } from '../../sim/run/scenarioShape.ts';
import { linkNames } from '../../sim/scenario/scenario.ts';
import type { Alteration } from './alteration.ts';

/** A party of a hand-over or of a system: what there is none of has no effect. */
const party = text;

const fault = faultShape(party);

const eventName = object({
  kind: oneOf(['start', 'message', 'timer', 'step']),
  type: text,
  from: nullable(party),
  to: nullable(party),
  nth: wholeFrom(1),
});

/** What each kind of change has beside its kind. */
const shapes: Readonly<Record<Alteration['do'], Shape>> = {
  mode: object({ mode: oneOf(Object.keys(everyMode)) }),
  server: object({ server: object({ name: text, title: text }) }),
  seed: object({ seed: wholeFrom(0, 4_294_967_295) }),
  latency: object({ link: oneOf(linkNames), takesMs: interval }),
  timer: object({ party: oneOf(partyNames), timer: text, takesMs: interval }),
  fault: object({ fault }),
  takeBack: object({ fault }),
  branch: object({ event: eventName, after: eventName, words: text }),
  move: object({ event: eventName, dueMs: number, words: text }),
};

const isKind = (name: unknown): name is Alteration['do'] => Object.hasOwn(shapes, String(name));

/** A change that a link has in its list. */
export const alterationShape: Shape = (value, path) => {
  const kind = isObject(value) ? value.do : undefined;
  return isKind(kind) ? shapes[kind](value, path) : object({ do: oneOf(Object.keys(shapes)) })(value, path);
};
