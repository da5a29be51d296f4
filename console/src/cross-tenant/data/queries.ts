// What the settings screens read, and under which names it is kept.

import { queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../api/client';

export type PartnerName = NonNullable<Schemas['partnerNames']['partners']>[number];

/** Every organization in one line. */
export const partnerNames = (tenant: string) =>
  queryOptions({
    queryKey: ['settings', 'partners', tenant],
    queryFn: async () =>
      (await answered(api.GET('/comity/v1/tenants/{id}/partners', { params: { path: { id: tenant } } })))
        .partners ?? [],
  });
