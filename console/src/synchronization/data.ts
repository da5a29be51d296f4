// The jobs of this tenant, and what they did.

import { queryOptions } from '@tanstack/react-query';
import { askAll } from '../api/ask';
import { answered, api, type Schemas } from '../api/client';

export type Job = Schemas['synchronizationJob'];
export type Row = Schemas['provisioningObjectSummary'];

export const jobsKey = ['synchronization'] as const;

export const jobs = (id: string) =>
  queryOptions({
    queryKey: [...jobsKey, 'jobs', id],
    queryFn: async () =>
      (await answered(api.GET('/comity/v1/tenants/{id}/synchronization/jobs', { params: { path: { id } } })))
        .jobs ?? [],
    // A job that runs is looked at again.
    refetchInterval: (query) =>
      query.state.data?.some(({ status }) => status?.state === 'inProgress') ? 3000 : false,
  });

export const log = (job: string) =>
  queryOptions({
    queryKey: [...jobsKey, 'log', job],
    queryFn: () => askAll<Row>(`/v1.0/auditLogs/provisioning?$filter=jobId%20eq%20'${job}'&$top=500`),
  });

export const nameOf = (job: Job, target: string): string => job.displayName || target;
