// Redirect URIs, one in a line.

export const lines = (text: string): string[] =>
  [...new Set(text.split(/\r?\n/).map((line) => line.trim()))].filter(Boolean);

/** Lines that no address can be. Installed programs may have schemes of their own. */
export function wrongLines(text: string, isProgram: boolean): string[] {
  return lines(text).filter((line) => {
    try {
      const { protocol, hostname } = new URL(line);
      if (['javascript:', 'data:', 'vbscript:', 'file:', 'blob:'].includes(protocol)) return true;
      if (isProgram || protocol === 'https:') return false;
      return protocol !== 'http:' || !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    } catch {
      return true;
    }
  });
}
