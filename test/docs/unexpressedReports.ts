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
    why: 'a process has one contact per network; a second INVITE of the same call is answered 482 (RFC 3261 8.2.2.2) and the first rings on',
  },
  {
    thread: 'https://github.com/OpenSIPS/opensips/issues/3471',
    says: 'a branch is forked for the unauthenticated REGISTER, the authenticated one and the 200',
    why: 'the server of the model forks on the commit only; a server that forks on requests is no axis',
  },
  {
    thread: 'https://github.com/OpenSIPS/opensips/issues/1316',
    says: 'a second call while the first wakes the phone, contacts pile up, several INVITEs to one phone',
    why: 'the contact of a woken app is the one that it had, so that nothing piles up',
  },
  {
    thread: 'https://github.com/OpenSIPS/opensips/issues/1573',
    says: 'the event for a new contact is raised for a refresh too, and the wrong device is forked to',
    why: 'there is one device; a contact that already has a branch gets no second one',
  },
  {
    thread: 'https://github.com/kamailio/kamailio/pull/2931',
    says: 'append the contact that has just registered, not the whole address of record',
    why: 'the server of the model appends just that one; appending all is no axis',
  },
  {
    thread: 'https://github.com/kamailio/kamailio/issues/2471',
    says: 'lowering the limit does not evict the contacts that there are',
    why: 'the profile of a server does not change during a run',
  },
  {
    thread: 'https://github.com/BelledonneCommunications/flexisip/issues/186',
    says: 'a client confused by two Contacts in the 200 sends REGISTER in a loop',
    why: 'the user agents of the model look for their own Contact (RFC 3261 10.2.4); one that does not would be a mutant of the machine',
  },
  {
    thread: 'https://github.com/fusionpbx/fusionpbx/issues/1031',
    says: 'the 45 s of the second device make the first one register all the time',
    why: 'no property counts REGISTERs: settles judges changes of the owner',
  },
  {
    thread: 'https://github.com/asterisk/asterisk/issues/702',
    says: 'a lifetime one second shorter each time, until it is below the minimum and refused',
    why: 'a lifetime is what was asked for, within the limits of the server; it does not depend on the one before',
  },
];
