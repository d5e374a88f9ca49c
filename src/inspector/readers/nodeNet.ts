/** What `node:net` says, for a browser: whether a text is an IPv6 address, perhaps with a zone. */
export const isIPv6 = (text: string): boolean => {
  const [, address = '', zone] = /^([\da-f:.]+)(%.+)?$/i.exec(text) ?? [];
  return address.includes(':') && (zone === undefined || zone.length > 1) && URL.canParse(`http://[${address}]/`);
};
