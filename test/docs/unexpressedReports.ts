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
    thread: 'https://github.com/kamailio/kamailio/issues/2471',
    says: 'lowering the limit does not evict the contacts that there are',
    why: 'the profile of a server does not change during a run, so that there are never more bindings than its limit',
  },
  {
    thread: 'https://github.com/asterisk/asterisk/issues/702',
    says: 'a lifetime one second shorter each time, until it is below the minimum and refused',
    why: 'a lifetime is what was asked for, within the limits of the server; it does not depend on the one before',
  },
  {
    thread: 'https://github.com/BelledonneCommunications/flexisip/issues/257',
    says: 'over TLS the woken phone registers over a new connection, and the INVITE that waits is not sent to it',
    why: 'the server of the model knows the phone by its contact, whatever connection its REGISTER comes over',
  },
  {
    thread: 'https://github.com/team-telnyx/flutter-voice-sdk/issues/127',
    says: 'a push that was held while the phone was offline rings for a call that is long over, and iOS cannot see when it was sent',
    why: 'a push carries no date, and a phone that is offline loses pushes instead of getting them later; what rings for a call that is over is push-after-the-call',
  },
  {
    thread: 'https://github.com/BelledonneCommunications/flexisip/issues/221',
    says: 'the old password is accepted for half an hour, as long as the cache of the server holds it',
    why: 'a change of the password takes effect at once',
  },
  {
    thread: 'https://github.com/kamailio/kamailio/issues/280',
    says: 'a client with a new Call-ID for each refresh gets a second binding where the registrar tells them apart by it',
    why: 'a Call-ID is another with the next process, not with the next REGISTER',
  },
  {
    thread: 'https://github.com/rapidaai/voice-ai/issues/146',
    says: 'a refresh with the CSeq of the REGISTER before it is refused with 400',
    why: 'within a process the CSeq rises; what a registrar makes of one that does not is restart-under-the-same-call-id',
  },
  {
    thread: 'https://github.com/pjsip/pjproject/issues/1640',
    says: '480 to a REGISTER ends the registration for good',
    why: 'what can end it are 401, 403, 407, 423, a Retry-After and silence; after another refusal a client of the model backs off',
  },
  {
    thread: 'https://github.com/pjsip/pjproject/issues/5146',
    says: '439 is not handled, and the account stays unregistered without another attempt',
    why: 'outbound (RFC 5626) is not negotiated, so that no 439 is ever sent',
  },
  {
    thread: 'https://github.com/kamailio/kamailio/issues/1445',
    says: 'the registrar that has the REGISTER deletes the former contact, and the one that hears of it by DMQ keeps it',
    why: 'of two registrars here the other one learns of every change, sooner or later',
  },
  {
    thread: 'https://github.com/BelledonneCommunications/flexisip/issues/40',
    says: 'two phones registered with different nodes of a cluster: the bindings are shared, and the call between them gets 503',
    why: 'both registrars reach every contact here; that a flow stays with the server that has it is in second-server-over-tcp',
  },
  {
    thread: 'https://github.com/irontec/itsbc/issues/11',
    says: 'after an un-REGISTER the SBC answers the next REGISTER itself, and the PBX hears nothing of it',
    why: 'the cache of an SBC here forgets a contact with its un-REGISTER',
  },
  {
    thread: 'https://github.com/asterisk/asterisk/issues/1927',
    says: 'REGISTER finds the second server of the SRV records, and the OPTIONS that decide about calls go on asking the first',
    why: 'a client has one server at a time here, and asks it by REGISTER only',
  },
];
