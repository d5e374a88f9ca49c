import { contactExpires, contactsOf, cseqOf, expiresOf } from '../sip/message/headers.ts';
import type { SipMessage } from '../sip/message/message.ts';
import { Texts } from './texts.ts';

const contactCount = (message: SipMessage): number => {
  const contacts = contactsOf(message);
  return contacts === '*' ? 0 : contacts.length;
};

function registerRemark(message: SipMessage): string {
  const contacts = contactsOf(message);
  if (contacts === '*') return ' *';
  const [first] = contacts;
  if (first === undefined) return '';
  return contacts.every((one) => contactExpires(message, one) === 0) ? ' Expires: 0' : '';
}

const labels = new Texts();

/** A message in the few words that an arrow has room for. Credentials are only said to be there. */
export const labelOf = (message: SipMessage): string => labels.of(textOf(message));

function textOf(message: SipMessage): string {
  if (message.kind === 'request') {
    const hasCredentials = message.headers.some(({ name }) => /^(?:Proxy-)?Authorization$/.test(name));
    const remark = message.method === 'REGISTER' ? registerRemark(message) : '';
    return `${message.method}${remark}${hasCredentials ? ' +auth' : ''}`;
  }
  const { status, reason } = message;
  const isBinding = cseqOf(message)?.method === 'REGISTER' && status >= 200 && status < 300;
  if (!isBinding) return `${status} ${reason}`.trimEnd();
  const count = contactCount(message);
  const lifetime = expiresOf(message) === 0 ? '' : ` ${count} contact${count === 1 ? '' : 's'}`;
  return `${status} ${reason}${lifetime}`;
}
