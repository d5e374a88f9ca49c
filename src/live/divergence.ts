import type { TransportNotice } from '../machines/events.ts';
import type { Message, PartyName } from '../machines/messages.ts';
import { messageLabel } from '../sim/report/messageLabel.ts';

/** What a party is told: a message, or what became of a connection. */
export type Told = Message | TransportNotice;

/** Where the real server did otherwise than the profile says. */
export interface Divergence {
  readonly atMs: number;
  /**
   * `unexpected`: a message that the model does not send there; `missing`: one that it sends and the wire never brought;
   * `different`: the same with other contents, such as another code for the same failure.
   */
  readonly kind: 'unexpected' | 'missing' | 'different';
  readonly to: PartyName;
  readonly expected: Told | null;
  readonly came: Told | null;
}

const label = (message: Told | null): string => (message === null ? 'nothing' : messageLabel(message));

function divergenceText({ kind, to, expected, came }: Divergence): string {
  if (kind === 'missing') return `${label(expected)} to ${to} never came`;
  if (kind === 'unexpected') return `${label(came)} to ${to}, which the profile does not explain`;
  return `${label(came)} to ${to}, where the profile says ${label(expected)}`;
}

/** Each way in which some runs diverged, with the number of those runs. */
export class DivergenceCounts {
  readonly counts = new Map<string, number>();

  add(divergences: readonly Divergence[]): void {
    for (const text of new Set(divergences.map(divergenceText))) {
      this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
    }
  }
}
