import { randomBytes } from 'node:crypto';
import { identifiersFrom } from './transactions/identifiers.ts';

/** Identifiers that nobody can foresee. */
export const randomIdentifiers = identifiersFrom((bytes) => randomBytes(bytes).toString('hex'));
