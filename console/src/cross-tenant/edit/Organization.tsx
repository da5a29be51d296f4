// The settings of one organization, in one direction.

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { asProblem } from '../../api/problem';
import { useMe } from '../../session/session';
import type { Direction } from '../data/model';
import { entry, partnerNames, tenantById } from '../data/queries';
import { nameOf } from '../organizations/names';
import type { Which } from './BlockEditor';
import { DirectionPage } from './DirectionPage';
import { type Subject, valuesOfEntry } from './draft';
import type { Section } from './sections';

export interface OrganizationProps {
  tenant: string;
  direction: Direction;
  section: Section | undefined;
  which: Which;
  onPlace: (place: { section?: Section; which?: Which }) => void;
}

export function Organization({ tenant, ...place }: OrganizationProps) {
  const me = useMe();
  const { data, error, refetch } = useQuery(entry(tenant));
  const names = useQuery(partnerNames(me.tenant.id));
  const row = names.data?.find((known) => known.tenantId.toLowerCase() === tenant.toLowerCase());
  // Whoever comes by a link has not seen the list.
  const information = useQuery({ ...tenantById(tenant), enabled: names.isError, retry: false });
  const name = row ? nameOf(row) : (information.data?.displayName ?? tenant);
  const subject: Subject = {
    kind: 'organization',
    tenantId: tenant,
    name,
    sameCloud: !row?.cloud || row.cloud === me.tenant.cloud,
  };
  const loaded = useMemo(() => data && { values: valuesOfEntry(data.value), tag: data.tag }, [data]);
  return (
    <DirectionPage
      {...place}
      subject={subject}
      loaded={names.isPending && !names.isError ? undefined : loaded}
      error={error && asProblem(error)}
      onRetry={() => void refetch()}
    />
  );
}
