import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { ScenarioDocument } from './document.ts';

/** What a file says of one property in one mode on one server. */
export type Expected = 'holds' | 'violated';

/** A scenario in one mode on one server. */
interface Place {
  readonly document: ScenarioDocument;
  readonly mode: ModeName;
  readonly server: Pick<ServerProfile, 'name'>;
}

/** What a file expects of a property there: whatever it does not name holds. Null where the file says nothing of that place. */
export function expectedOf({ document, mode, server }: Place, property: string): Expected | null {
  const said = document.expect?.[server.name]?.[mode];
  if (said === undefined) return null;
  return said !== 'holds' && said.includes(property) ? 'violated' : 'holds';
}

/** A verdict beside what is expected. */
interface Slip {
  readonly property: string;
  readonly verdict: string;
  readonly expected: Expected | null;
}

/** What is wrong about an expectation, in the words of a sentence. */
export const slipText = ({ property, verdict, expected }: Slip): string =>
  `${property} ${verdict === 'holds' ? 'holds' : 'is violated'}, and is expected to ${expected === 'violated' ? 'be violated' : 'hold'}`;
