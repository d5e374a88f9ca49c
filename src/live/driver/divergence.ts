import type { Message, PartyName } from '../../machines/messages.ts';

/** Where the real server did otherwise than the profile says. */
export interface Divergence {
  readonly atMs: number;
  /**
   * `unexpected`: a message that the model does not send there; `missing`: one that it sends and the wire never brought;
   * `different`: the same with other contents, such as another code for the same failure.
   */
  readonly kind: 'unexpected' | 'missing' | 'different';
  readonly to: PartyName;
  readonly expected: Message | null;
  readonly came: Message | null;
}
