import { ownLatency } from '../scenarioFile/resolve.ts';
import { eventTable } from '../system/eventTable.ts';
import type { CompiledLink, CompiledStep } from '../world/definition.ts';
import { type LinkRules, outdating, plainLinks } from '../world/linkRules.ts';
import type { LinkDefinition } from './systemDefinition.ts';

/** Whether no message on a link overtakes one that was sent before it. */
export const keepsOrder = ({
  transport,
  ordered,
}: {
  readonly transport: string;
  readonly ordered?: boolean | undefined;
}): boolean => ordered ?? transport === 'tcp';

/** A link as the world takes it. */
export function compiledLink([name, link]: [string, LinkDefinition]): CompiledLink {
  const { transport, latency, law, loss = 0, duplicate = 0 } = link;
  const { latencyMs = [1, 1], ...rest } = ownLatency(latency, law);
  return { name, ordered: keepsOrder(link), lossy: transport === 'udp', latencyMs, law: rest.law, loss, duplicate };
}

/** A step loses what is under way to whom it is told, on the links that say so. */
function emptying(links: readonly [string, LinkDefinition][], steps: readonly CompiledStep[]): LinkRules['isLostBy'] {
  const lost = new Set(
    links.flatMap(([, { emptiedBy = [] }], link) =>
      steps
        .filter(({ event }) => event >= 0 && emptiedBy.includes(eventTable.of(event).type))
        .map(({ event, party }) => `${event} ${party} ${link}`),
    ),
  );
  return lost.size === 0 ? plainLinks.isLostBy : (event, to, link) => lost.has(`${event} ${to} ${link}`);
}

/** The rules of the links of a system. */
export function linkRulesOf(links: readonly [string, LinkDefinition][], steps: readonly CompiledStep[]): LinkRules {
  const outdates = links.map(([, { outdates = [] }]) => new Set(outdates));
  return {
    ...plainLinks,
    isLostBy: emptying(links, steps),
    ...(outdates.some(({ size }) => size > 0) &&
      outdating((event, link) => outdates[link]?.has(eventTable.of(event).type) === true)),
  };
}
