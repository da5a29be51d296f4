// Conditional Access policies that ask people who come by direct connect for something that only their
// own organization can have checked (S10.8). It is a hint for whoever edits; what is decided, the
// server decides.

import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client';
import type { Trust } from '../data/model';

export const conditions = queryOptions({
  queryKey: ['conditionalAccess', 'policies'],
  staleTime: 60_000,
  retry: false,
  queryFn: async () => (await answered(api.GET('/v1.0/identity/conditionalAccess/policies'))).value ?? [],
});

interface Policy {
  displayName?: string | null;
  state?: string | null;
  conditions?: {
    users?: {
      includeUsers?: string[] | null;
      includeGuestsOrExternalUsers?: { guestOrExternalUserTypes?: string | null } | null;
    } | null;
  } | null;
  grantControls?: { builtInControls?: string[] | null; authenticationStrength?: unknown } | null;
}

const NEEDS: Record<string, keyof Trust> = {
  mfa: 'isMfaAccepted',
  compliantDevice: 'isCompliantDeviceAccepted',
  domainJoinedDevice: 'isHybridAzureADJoinedDeviceAccepted',
};

export function unsatisfiable(policies: readonly unknown[], trust: Trust): string[] {
  const found: string[] = [];
  for (const policy of policies as readonly Policy[]) {
    const users = policy.conditions?.users;
    const kinds = users?.includeGuestsOrExternalUsers?.guestOrExternalUserTypes ?? '';
    const meant = users?.includeUsers?.includes('All') || kinds.includes('b2bDirectConnectUser');
    const controls = policy.grantControls?.builtInControls ?? [];
    const asks = controls.some((control) => {
      const flag = NEEDS[control];
      return flag !== undefined && trust[flag] !== true;
    });
    if (policy.state === 'enabled' && meant && asks) found.push(policy.displayName ?? '');
  }
  return found;
}
