// How somebody stands, in one word.

import { Badge } from '@fluentui/react-components';
import type { User } from '../data';
import { users as texts } from '../words';

export type Standing = 'blocked' | 'pending' | 'active';

export function standing(user: User): Standing {
  if (user.accountEnabled === false) return 'blocked';
  return user.externalUserState === 'PendingAcceptance' ? 'pending' : 'active';
}

const COLORS = { blocked: 'danger', pending: 'warning', active: 'success' } as const;

export function UserState({ user }: { user: User }) {
  const is = standing(user);
  return (
    <Badge appearance="tint" color={COLORS[is]}>
      {texts.states[is]}
    </Badge>
  );
}
