// The addresses of the console. Each screen has a file of its own in `routes/`; what stands here is
// the same for all of them.

import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { Lost } from './frame/Lost';
import { Trouble } from './frame/Trouble';
import { routeTree } from './routes.gen';

/** Where a screen stands in the navigation. */
export interface Place {
  label: string;
  group: 'access' | 'logs' | 'directory' | 'protection' | 'server';
  /** Those with small numbers come first. */
  order: number;
  icon:
    | 'home'
    | 'access'
    | 'try'
    | 'activity'
    | 'signIns'
    | 'audit'
    | 'users'
    | 'groups'
    | 'applications'
    | 'external'
    | 'conditions'
    | 'roles'
    | 'synchronization'
    | 'server';
}

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/console',
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Trouble,
    defaultNotFoundComponent: Lost,
    scrollRestoration: true,
    trailingSlash: 'never',
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
  interface StaticDataRouteOption {
    /** Named in the navigation. */
    place?: Place;
  }
}
