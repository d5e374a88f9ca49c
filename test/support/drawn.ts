import fc from 'fast-check';
import { expect } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { DrawLimits } from '../../src/sim/fuzz/drawLimits.ts';
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { judge } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';

/** Home and open at any moment, nonces that expire, one lost datagram, any delay within the links' windows. */
export const handOvers: DrawLimits = { changes: 5, kinds: ['home', 'expireNonces'], calls: 2, losses: 1 };

/** How often each property is drawn: modes that lose calls in a hand-over do so in one draw of 15, the rarest in one of 150. */
export const drawing = { numRuns: 300 };

/** A drawn scenario in a mode on a server. */
export const resolvedFor = (document: ScenarioDocument, mode: ModeName, server: AnyServerProfileName) =>
  scenarioIn(document, mode, everyServerProfile[server]);

/** The violation of a property in the one run of a drawn scenario, or null. */
export function violationOf(
  property: string,
  document: ScenarioDocument,
  mode: ModeName,
  server: AnyServerProfileName,
) {
  const properties = [propertyNamed(property)];
  return judge(defineWorld(resolvedFor(document, mode, server)), 1, { properties })[0]?.violation ?? null;
}

/** Fails with the scenario that violates the property, if one is drawn. */
export function holds(property: string, mode: ModeName, server: AnyServerProfileName, drawn = handOvers): void {
  fc.assert(
    fc.property(drawScenario(drawn), (document) => {
      expect(violationOf(property, document, mode, server)).toBeNull();
    }),
    drawing,
  );
}
