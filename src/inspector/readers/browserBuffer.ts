import { Bytes } from './bytes.ts';

/** To be imported before whatever uses it: the reader of captures takes `Buffer` from where Node has it. */
Object.assign(globalThis, { Buffer: Bytes });
