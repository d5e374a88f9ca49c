import { everyMode } from '../../../machines/modeVariants.ts';
import { linkTitle } from '../../../sim/report/messageLabel.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import type { Alteration } from '../../model/alteration.ts';
import type { Idle } from '../../model/relisted.ts';
import { titleOf } from '../parties.ts';
import { faultText, windowText } from '../run/words.ts';

/** A change as it stands in the list. */
export function alterationText(what: Alteration): string {
  switch (what.do) {
    case 'mode':
      return `mode ${everyMode[what.mode].title}`;
    case 'server':
      return `server ${what.server.name}`;
    case 'seed':
      return `seed ${what.seed}`;
    case 'latency':
      return `${linkTitle(what.link)} takes ${windowText(what.takesMs)}`;
    case 'timer':
      return `${titleOf(what.party)}: ${what.timer} ${windowText(what.takesMs)}`;
    case 'fault':
      return faultText(what.fault);
    case 'takeBack':
      return `not: ${faultText(what.fault)}`;
    case 'branch':
      return what.words;
    case 'move':
      return `${what.words}, at ${secondsText(what.dueMs)} s`;
  }
}

/** Why a change has no effect. */
export const idleWords: Readonly<Record<Idle, string>> = {
  absent: 'not in this run',
  same: 'changes nothing here',
  overtaken: 'undone by a later change',
};
