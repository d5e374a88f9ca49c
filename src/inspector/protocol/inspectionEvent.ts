/** What every event on the wire has, as `@statelyai/inspect` names it. */
export interface Common {
  readonly _version: string;
  readonly id: string | null;
  /** Milliseconds: of the run, where a run is shown, else of the clock. */
  readonly createdAt: string;
  readonly rootId?: string | undefined;
  readonly sessionId: string;
}

interface SomeEvent {
  readonly type: string;
}

interface SomeSnapshot {
  readonly status?: string;
  readonly value?: unknown;
  readonly context?: unknown;
}

/** An event of the protocol in which XState 5 applications are inspected. */
export type InspectionEvent = Common &
  (
    | {
        readonly type: '@xstate.actor';
        readonly name: string;
        readonly parentId?: string | undefined;
        readonly definition?: string | undefined;
        readonly snapshot: SomeSnapshot;
      }
    | { readonly type: '@xstate.event'; readonly sourceId?: string | undefined; readonly event: SomeEvent }
    | { readonly type: '@xstate.snapshot'; readonly event: SomeEvent; readonly snapshot: SomeSnapshot }
  );

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNothing = (value: unknown): boolean => value === undefined || value === null || isText(value);
const isEvent = (value: unknown): boolean => isObject(value) && isText(value.type);

/** What each kind of event must have for it to be shown. */
const isWhole: Readonly<Record<InspectionEvent['type'], (fields: Fields) => boolean>> = {
  '@xstate.actor': ({ name, definition, snapshot }) =>
    isText(name) && isTextOrNothing(definition) && isObject(snapshot),
  '@xstate.event': ({ event, sourceId }) => isEvent(event) && isTextOrNothing(sourceId),
  '@xstate.snapshot': ({ event, snapshot }) => isEvent(event) && isObject(snapshot),
};

/** Whether a value is an event of the protocol, with all that one of its kind has. */
export function isInspectionEvent(value: unknown): value is InspectionEvent {
  if (!isObject(value) || !isText(value.sessionId)) return false;
  const type = String(value.type);
  return Object.hasOwn(isWhole, type) && isWhole[type as InspectionEvent['type']](value);
}

/** Reads an event of the protocol; null where the text is none, or lacks what one of its kind has. */
export function parseInspectionEvent(text: string): InspectionEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    return isInspectionEvent(value) ? value : null;
  } catch {
    return null;
  }
}
