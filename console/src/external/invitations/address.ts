// What is entered to invite somebody, as far as the page can tell that it is wrong.

/** Whether it can be one e-mail address; the server knows better. */
export const isAddress = (text: string): boolean =>
  text.length <= 320 && /^[^\s@<>"'(),:;[\]\\]+@[^\s@<>"'(),:;[\]\\]+\.[^\s@.<>"'(),:;[\]\\]+$/.test(text);

/** Whether a page can be opened by it. */
export function isWholeAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
  } catch {
    return false;
  }
}
