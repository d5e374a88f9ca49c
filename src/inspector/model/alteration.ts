import type { PartyName, Role } from '../../machines/messages.ts';
import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Window } from '../../sim/data/window.ts';
import type { Fault, LinkName } from '../../sim/scenario/scenario.ts';
import type { TraceRecord } from '../../sim/trace/trace.ts';

/** An event by what it is, so that it is found in another run as well: the third `REGISTER` from the app. */
export interface EventName {
  readonly kind: TraceRecord['kind'];
  /** The type of the event; `link` where a link changes. */
  readonly type: string;
  /** Of a message: who sent it. */
  readonly from: PartyName | null;
  readonly to: PartyName | null;
  /** Which of those that are alike, from 1 on. */
  readonly nth: number;
}

/** Something that somebody changes in an experiment, in words that mean something in another run as well. */
export type Alteration =
  | { readonly do: 'mode'; readonly mode: ModeName }
  | { readonly do: 'server'; readonly server: ServerProfile }
  | { readonly do: 'seed'; readonly seed: number }
  | { readonly do: 'latency'; readonly link: LinkName; readonly takesMs: Window }
  | { readonly do: 'timer'; readonly party: Role; readonly timer: string; readonly takesMs: Window }
  | { readonly do: 'fault' | 'takeBack'; readonly fault: Fault }
  /** A pending event happens right after a step. */
  | { readonly do: 'branch'; readonly event: EventName; readonly after: EventName; readonly words: string }
  /** An event happens at another date. */
  | { readonly do: 'move'; readonly event: EventName; readonly dueMs: number; readonly words: string };
