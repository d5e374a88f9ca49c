import type { PushServiceName } from '../live/push/pushServices.ts';
import { PushStandIn } from '../live/push/pushStandIn.ts';
import { isPushedByServer } from '../machines/registrationModes.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { refuse } from './files.ts';
import { identityIn } from './tlsOptions.ts';

/** What the user said about the push service that the server asks. */
export interface PushCommandOptions {
  readonly pushService?: PushServiceName;
  readonly pushListen?: number;
  readonly pushCertificate?: string;
  readonly pushKey?: string;
}

const optionNames = {
  pushService: '--push-service',
  pushListen: '--push-listen',
  pushCertificate: '--push-certificate',
  pushKey: '--push-key',
} as const;

/** Whom a run has somebody else play. */
interface Sides extends PushCommandOptions {
  readonly only?: string;
  readonly caller: 'own' | 'external';
}

/** Refuses a mode in which the server pushes without a service that it can ask, and the service without the mode. */
export function refusePushes({ mode }: Scenario, options: Sides): void {
  const given = Object.entries(optionNames).find(([key]) => options[key as keyof PushCommandOptions] !== undefined);
  if (!isPushedByServer(mode)) {
    if (given !== undefined) refuse(given[1], `mode ${mode.name}`, 'mode sipServerPushes, in which the server pushes');
    return;
  }
  const { pushService, pushListen, only, caller } = options;
  const said = `mode ${mode.name}, in which the SIP server pushes`;
  if (pushService === undefined || pushListen === undefined)
    refuse(said, 'no push service', '--push-service apns or fcm, and --push-listen PORT, where the server asks it');
  if (only !== undefined || caller === 'external')
    refuse(said, only === undefined ? '--caller external' : `--only ${only}`, 'all parties played here');
}

/** Listens as the push service, where the server pushes. */
export async function pushServiceOf({
  pushService: service,
  pushListen: port,
  pushCertificate,
  pushKey,
}: PushCommandOptions): Promise<PushStandIn | undefined> {
  if (service === undefined || port === undefined) return undefined;
  const { certificate, key } = identityIn(pushCertificate, pushKey, 'push');
  const identity = certificate === undefined || key === undefined ? undefined : { certificate, key };
  return PushStandIn.listen({ service, port, identity }).catch((error: NodeJS.ErrnoException) =>
    refuse(`--push-listen ${port}`, error.code ?? error.message, 'a port that is free on 127.0.0.1'),
  );
}
