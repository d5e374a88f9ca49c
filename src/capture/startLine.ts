/** What a start line looks like; the parser judges it. */
export const startLine = /^(?:SIP\/2\.0 +[1-6]\d\d(?: |$)|[A-Za-z][\w.!%*+'~-]* +\S.* SIP\/\d\.\d$)/i;
export const longestLine = 4_096;
export const lineFeed = 0x0a;
/** `SIP/2.0 200`. */
const shortestLine = 11;

/** Whether a datagram can be SIP: cheap, because most of a capture is something else. Empty lines may come first. */
export function looksLikeSip(bytes: Buffer): boolean {
  let from = 0;
  while (bytes[from] === 0x0d || bytes[from] === lineFeed) from++;
  const first = bytes[from] ?? 0;
  const isLetter = (first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a);
  if (!isLetter || bytes.length - from < shortestLine) return false;
  const lineEnd = bytes.indexOf(lineFeed, from);
  const end = lineEnd < 0 ? bytes.length : lineEnd;
  return end - from < longestLine && startLine.test(bytes.toString('latin1', from, end).trimEnd());
}

/** What a start line begins with where the snap length cut it. */
const cutStart = /^(?:SIP\/2\.0 |[A-Z]+ (?:sips?|tel):)/;

/** Whether a datagram that was cut off may have been SIP, although its start line is not whole. */
export const looksLikeCutSip = (bytes: Buffer): boolean => cutStart.test(bytes.toString('latin1', 0, 32));
