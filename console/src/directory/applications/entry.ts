// An application is one thing to whoever looks at it; the directory keeps it in two.

import type { Application, ServicePrincipal } from '../data';

export interface Entry {
  appId: string;
  name: string;
  /** What is registered here. */
  application: Application | undefined;
  /** What stands for it in sign-ins. */
  principal: ServicePrincipal | undefined;
}

export function entries(
  applications: readonly Application[],
  principals: readonly ServicePrincipal[],
): Entry[] {
  const found = new Map<string, Entry>();
  for (const application of applications) {
    const appId = application.appId ?? '';
    found.set(appId, { appId, name: application.displayName ?? '', application, principal: undefined });
  }
  for (const principal of principals) {
    const appId = principal.appId ?? '';
    const known = found.get(appId);
    if (known) known.principal = principal;
    else found.set(appId, { appId, name: principal.displayName ?? '', application: undefined, principal });
  }
  return [...found.values()];
}

export interface Redirects {
  spa: string[];
  web: string[];
  publicClient: string[];
}

const uris = (part: unknown): string[] => {
  const list = (part as { redirectUris?: unknown } | undefined)?.redirectUris;
  return Array.isArray(list) ? list.filter((uri): uri is string => typeof uri === 'string') : [];
};

export const redirects = (application: Application | undefined): Redirects => ({
  spa: uris(application?.spa),
  web: uris(application?.web),
  publicClient: uris(application?.publicClient),
});

export function redirectsOf({ application, principal }: Entry): string[] {
  if (!application) return principal?.replyUrls ?? [];
  const { spa, web, publicClient } = redirects(application);
  return [...spa, ...web, ...publicClient];
}
