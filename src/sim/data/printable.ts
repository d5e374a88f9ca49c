/** Text of others may hold what would steer a terminal or turn a line around. */
export const printable = (text: string): string => text.replace(/\p{Cc}|\p{Bidi_Control}/gu, '\ufffd');
