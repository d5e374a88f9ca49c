import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const ours = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** What of Node the reader of captures uses, and what stands for it in a browser. */
const standIns = new Map([
  ['node:net', ours('nodeNet.ts')],
  ['node:zlib', ours('nodeZlib.ts')],
]);

/** Lets a worker of the page import what has been written for Node. */
export const browserModules = (): Plugin => ({
  name: 'ringproof-browser-modules',
  enforce: 'pre',
  resolveId: (wanted) => standIns.get(wanted) ?? null,
});
