import { z } from 'zod';
import { phoneRoles } from '../../machines/messages.ts';
import { pushProviders, suspendedSockets, triedBy } from '../scenario/scenario.ts';
import { networkNames, pushServiceNames } from './presets.ts';
import { timingOf } from './timerSchemas.ts';
import { duration } from './valueSchemas.ts';

/** What a phone beside the first one has of its own. */
const phone = z.strictObject({
  network: z.enum(networkNames).optional(),
  push: z.enum(pushServiceNames).optional(),
  notifications: z.enum(['available', 'unavailable']).optional(),
  user: z.enum(['answers', 'declines', 'ignores', 'doNotDisturb']).optional(),
  suspendedSockets: z.enum(suspendedSockets).optional(),
  unreportedPush: z.enum(['tolerated', 'terminates']).optional(),
  reportsPush: z.enum(['atOnce', 'withInvite', 'callsOnly']).optional(),
  pushProvider: z.enum(pushProviders).optional(),
  timing: timingOf(phoneRoles).optional(),
});

const nodes = z.strictObject({
  address: z
    .enum(['shared', 'own'])
    .optional()
    .describe('One address for both nodes, or one for each (default: shared)'),
  state: z
    .enum(['shared', 'lost'])
    .optional()
    .describe('Whether the node that takes over knows accounts and tokens (default: shared)'),
  onStop: z
    .enum(['leaves', 'removesFirst', 'removesAfterwards'])
    .optional()
    .describe('What becomes of the binding of a node that is stopped (default: leaves)'),
  lease: duration.optional().describe('How long the lease of the node in charge lasts (default: none)'),
});

/** What a topology can be about. */
export const topologyKeys = ['phones', 'nodes', 'registrars', 'edge', 'secondServer'] as const;

const registrars = z.strictObject({
  lag: duration.describe(
    'After how long at most the one with the calls knows what the one with the REGISTERs has committed',
  ),
  order: z.enum(['kept', 'any']).optional().describe('Whether changes arrive in their order (default: any)'),
});

const edge = z.strictObject({
  tells: duration.describe('The lifetime that it tells clients, whatever the server has granted'),
});

const secondServer = z.strictObject({
  location: z.enum(['shared', 'own']).optional().describe('Whether it knows the bindings of the first (default: own)'),
  dead: z
    .enum(['silent', 'refuses'])
    .optional()
    .describe('What a REGISTER to the dead server meets: nothing, or ICMP or 503 (default: silent)'),
  triedBy: z.enum(triedBy).optional().describe('Whose client tries the next server (RFC 3263 4.3; default: both)'),
});

export const topology = z
  .strictObject({
    phones: z
      .union([z.literal(2), z.literal(3)], { error: 'expected 2 or 3: without `phones` there is one' })
      .optional()
      .describe('How many phones have the app on the account, with the same push server (default: one)'),
    registrars: registrars.optional().describe('Two registrars that tell each other of their bindings (default: one)'),
    edge: edge.optional().describe('An edge proxy in front of the server (default: none)'),
    secondServer: secondServer.optional().describe('A second server of the domain (RFC 3263; default: none)'),
    nodes: nodes.optional().describe('Two nodes of the push server, of which one is in charge (default: one process)'),
    phone2: phone.optional().describe('What the second phone has of its own; in all else it is like the first'),
    phone3: phone.optional().describe('What the third phone has of its own; in all else it is like the first'),
  })
  .refine((said) => topologyKeys.some((key) => said[key] !== undefined), {
    error: `expected one of ${topologyKeys.join(', ')}`,
  });
