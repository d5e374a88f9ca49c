import type { ServerProfile } from '../machines/serverProfile.ts';
import { asterisk } from './products/asterisk.ts';
import { borderControllers } from './products/borderControllers.ts';
import { freeswitch } from './products/freeswitch.ts';
import { kamailio } from './products/kamailio.ts';
import { opensips } from './products/opensips.ts';
import { others } from './products/others.ts';
import { profileOf, type ServerSheet } from './serverSheet.ts';

/** Servers by the names of their products, each value with its source. */
export const productSheets = { ...kamailio, ...opensips, ...asterisk, ...freeswitch, ...others, ...borderControllers };

export type ProductName = keyof typeof productSheets;

/** The same as the machines read them. */
export const productProfiles = Object.fromEntries(
  Object.entries(productSheets).map(([name, sheet]: [string, ServerSheet]) => [name, profileOf(sheet)]),
) as Record<ProductName, ServerProfile>;
