/** Compact forms: RFC 3261 7.3.3 and 20; 3265/6665 (o, u), 3515 (r), 3892 (b), 3841 (a, j, d), 4028 (x), 8224 (y). */
const compactForms: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/** Names whose usual capitalisation is not just an upper-case letter at the start of every part. */
const unusualNames: readonly string[] = [
  'Call-ID',
  'CSeq',
  'MIME-Version',
  'RAck',
  'RSeq',
  'SIP-ETag',
  'SIP-If-Match',
  'WWW-Authenticate',
  'P-Associated-URI',
  'P-Called-Party-ID',
  'Flow-Timer',
  'Target-Dialog',
];

const known = new Map<string, string>([
  ...unusualNames.map((name) => [name.toLowerCase(), name] as const),
  ...Object.entries(compactForms),
]);

/** The canonical form of a header name: compact forms expanded, usual capitalisation. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return known.get(lower) ?? lower.replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase());
}

/**
 * Headers that are comma-separated lists, so that several lines are the same as one (RFC 3261 7.3.1; its grammar in 25.1).
 * Authentication headers are none: the commas are inside one value.
 */
const lists: ReadonlySet<string> = new Set([
  'Accept',
  'Accept-Contact',
  'Accept-Encoding',
  'Accept-Language',
  'Alert-Info',
  'Allow',
  'Allow-Events',
  'Call-Info',
  'Contact',
  'Content-Encoding',
  'Content-Language',
  'Diversion',
  'Error-Info',
  'History-Info',
  'In-Reply-To',
  'P-Asserted-Identity',
  'P-Associated-URI',
  'Path',
  'Proxy-Require',
  'Reason',
  'Record-Route',
  'Reject-Contact',
  'Require',
  'Route',
  'Service-Route',
  'Supported',
  'Unsupported',
  'Via',
  'Warning',
]);

/** Whether commas separate the values of that header. Takes a canonical name. */
export const isList = (name: string): boolean => lists.has(name);
