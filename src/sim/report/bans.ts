import type { Contact } from '../../machines/messages.ts';
import type { TraceBody } from '../trace/trace.ts';

/** Since when the address of that contact has been banned at a moment; null where it was not. */
function bannedSince({ records }: TraceBody, contact: Contact, atMs: number): number | null {
  const changes = records.flatMap((record) =>
    record.observations.flatMap((one) =>
      one.type === 'address.banned' && one.contact === contact && record.atMs <= atMs
        ? [{ banned: one.banned, atMs: record.atMs }]
        : [],
    ),
  );
  const last = changes.at(-1);
  return last?.banned ? last.atMs : null;
}

const named = (contact: Contact): string => (contact === 'pushServer' ? 'the push server' : contact);

/** Whom the firewall of the SIP server kept out at a moment, as the end of a sentence; nothing where nobody. */
export function banWords(trace: TraceBody, atMs: number): string {
  const clauses = (['pushServer', 'app@wifi', 'app@cellular'] as const).flatMap((contact) => {
    const since = bannedSince(trace, contact, atMs);
    const when = since === null ? '' : `since ${(since / 1000).toFixed(3)} s`;
    return since === null ? [] : [`; what ${named(contact)} sends has been dropped by the server's firewall ${when}`];
  });
  return clauses.join('');
}
