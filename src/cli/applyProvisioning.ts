import { registrationModes } from '../machines/registrationModes.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { readProvisioning } from '../stretto/provisioning.ts';
import { accountNumbered } from '../stretto/selection.ts';
import { askedByPushServerMs, settingsOf } from '../stretto/settings.ts';
import { readText } from './files.ts';

/** The scenario as a provisioning file configures it. A mode that the command line names goes before the file's. */
export function applyProvisioning(
  scenario: Scenario,
  { file, account, user }: { readonly file: string; readonly account: number; readonly user?: string },
  keepMode: boolean,
): { scenario: Scenario; notes: readonly string[] } {
  const settings = settingsOf(accountNumbered(readProvisioning(readText(file), file), account, file, user));
  const { pushServerSip } = scenario.links;
  return {
    notes: settings.notes,
    scenario: {
      ...scenario,
      mode: keepMode ? scenario.mode : registrationModes[settings.mode],
      autoSend180: settings.autoSend180,
      pushEnabled: settings.hasPushServer,
      natEmulation: settings.natEmulation,
      askedExpiresMs: {
        ...scenario.askedExpiresMs,
        pushServer: askedByPushServerMs(settings, scenario.askedExpiresMs.pushServer),
      },
      links: { ...scenario.links, pushServerSip: { ...pushServerSip, reachable: settings.reachable } },
    },
  };
}
