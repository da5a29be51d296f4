// What a role says, and who has it.

import type { Assignment, Role } from '../data';
import { roles as texts } from '../words';

export const FILTERS = ['assigned', 'custom'] as const;

/** Actions as they are written everywhere, without what is the same for all of them. */
export const shortAction = (name: string): string => name.replace(/^microsoft\.directory\//, '');

export const actionsOf = (role: Role): string[] =>
  (role.rolePermissions ?? []).flatMap((part) => {
    const list = (part as { allowedResourceActions?: string[] | null }).allowedResourceActions;
    return list ?? [];
  });

export const kindOf = (role: Role): string => {
  if (role.isBuiltIn) return texts.builtIn;
  return role.isEnabled === false ? texts.off : texts.custom;
};

export interface Principal {
  '@odata.type'?: string;
  displayName?: string | null;
  userPrincipalName?: string | null;
}

export const principalOf = (assignment: Assignment): Principal | undefined =>
  (assignment.principal as Principal | null | undefined) ?? undefined;

export const holderName = (assignment: Assignment): string => {
  const principal = principalOf(assignment);
  return principal?.displayName || principal?.userPrincipalName || assignment.principalId || '';
};
