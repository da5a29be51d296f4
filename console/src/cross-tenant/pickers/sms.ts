// Who signs in by SMS: they cannot be named in the settings from here (S4.16).

import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client';

export const smsSignIn = (tenant: string) =>
  queryOptions({
    queryKey: ['smsSignIn', tenant],
    staleTime: 60_000,
    queryFn: async () => {
      const asked = api.GET('/comity/v1/tenants/{id}/smsSignIn', { params: { path: { id: tenant } } });
      return (await answered(asked)).users;
    },
  });
