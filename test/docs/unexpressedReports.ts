/** A report that no scenario reproduces, and why not. */
export interface UnexpressedReport {
  readonly thread: string;
  readonly says: string;
  readonly why: string;
}

export const unexpressedReports: readonly UnexpressedReport[] = [
  {
    thread: 'https://github.com/BelledonneCommunications/linphone-iphone/issues/853',
    says: 'one push, three REGISTERs with other Call-IDs, three INVITEs, 486 to the second',
    why: 'a process has one contact per network and one registration; a second INVITE of the same call is answered 482 (RFC 3261 8.2.2.2) and the first rings on',
  },
  {
    thread: 'https://github.com/OpenSIPS/opensips/issues/3471',
    says: 'a branch is forked for the unauthenticated REGISTER, the authenticated one and the 200',
    why: 'the server of the model forks on the commit only; one that forks sooner as well would send more INVITEs to the same contact, which answers them 482 and rings on: nothing that is judged here goes wrong',
  },
  {
    thread: 'https://github.com/OpenSIPS/opensips/issues/1316',
    says: 'a second call while the first wakes the phone, contacts pile up, several INVITEs to one phone',
    why: 'the contact of a woken app is the one that it had, so that nothing piles up',
  },
  {
    thread: 'https://github.com/OpenSIPS/opensips/issues/1573',
    says: 'the event for a new contact is raised for a refresh too, and the wrong device is forked to',
    why: 'the bindings of other devices are not refreshed during a run; a contact that already has a branch gets no second one',
  },
  {
    thread: 'https://github.com/kamailio/kamailio/pull/2931',
    says: 'append the contact that has just registered, not the whole address of record',
    why: 'the server of the model appends just that one; to append all harms a device that has declined, and the other device of the model only answers or ignores',
  },
  {
    thread: 'https://github.com/kamailio/kamailio/issues/2471',
    says: 'lowering the limit does not evict the contacts that there are',
    why: 'the profile of a server does not change during a run, so that there are never more bindings than its limit',
  },
  {
    thread: 'https://github.com/asterisk/asterisk/issues/702',
    says: 'a lifetime one second shorter each time, until it is below the minimum and refused',
    why: 'a lifetime is what was asked for, within the limits of the server; it does not depend on the one before',
  },
];
