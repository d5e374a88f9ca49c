import { onceEach } from '../data/onceEach.ts';
import { outdating } from '../world/linkRules.ts';
import { sipEvent } from './events.ts';

/**
 * RFC 3261 10.3 step 7: once a REGISTER has arrived, an older one of its sender has a CSeq that is too low. So it matters when a
 * REGISTER was sent, and its arrival is never without effect.
 */
export const registerOrder = outdating(onceEach((event) => sipEvent(event).type === 'REGISTER'));
