// Who may invite, what guests see, and which domains may be invited.

import { useQuery } from '@tanstack/react-query';
import { Waiting } from '../../pieces/Waiting';
import { Domains } from './Domains';
import { Guests } from './Guests';
import { authorizationPolicy, domainPolicy } from './queries';

export function Settings() {
  const policy = useQuery(authorizationPolicy);
  const domains = useQuery(domainPolicy);
  const error = policy.error ?? domains.error;
  if (error || !policy.data || domains.data === undefined) {
    return <Waiting error={error} retry={() => void Promise.all([policy.refetch(), domains.refetch()])} />;
  }
  return (
    <>
      <Guests policy={policy.data.value} tag={policy.data.tag} />
      <Domains policy={domains.data} />
    </>
  );
}
