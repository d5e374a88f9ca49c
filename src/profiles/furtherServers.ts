import type { ServerProfile } from '../machines/serverProfile.ts';
import { productProfiles } from './products.ts';
import { serverProfiles } from './servers.ts';

/** Kinds of SIP server that only tell the mode variants apart; to the modes of the product they are `reject`. */
export const furtherServerProfiles = {
  sequential: {
    ...serverProfiles.reject,
    name: 'sequential',
    title: 'one binding, Contacts of one REGISTER counted one by one',
    source: 'OpenSIPS max-contacts=1, as its code reads (not run): a removal does not lower the count',
    severalContacts: 'sequential',
  },
  instance: {
    ...serverProfiles.reject,
    name: 'instance',
    title: 'one binding, recognised by its instance-id',
    source: 'RFC 5626 6; Kamailio max_contacts=1 with +sip.instance and reg-id, for which it skips the CSeq check',
    matchesBindingBy: 'instance',
    checksSequence: false,
  },
} as const satisfies Record<string, ServerProfile>;

/** The kinds of SIP server, the common ones first. */
export const serverKinds = { ...serverProfiles, ...furtherServerProfiles };

/** Every bundled server profile by name: the kinds, then the products. */
export const everyServerProfile = { ...serverKinds, ...productProfiles };

export type AnyServerProfileName = keyof typeof everyServerProfile;
