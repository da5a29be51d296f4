// A policy in a few words, for the list.

import type { Policy } from '../data';
import { conditions as texts } from '../words';
import { draftOf } from './draft';

export function whom(policy: Policy): string {
  const draft = draftOf(policy);
  if (draft.everyone) return texts.everyone;
  const parts: string[] = [];
  if (draft.types.length > 0) {
    parts.push(draft.allTenants ? texts.guests : texts.guestsOf(draft.tenants.length));
  }
  if (draft.groups.length > 0) parts.push(texts.groupsCount(draft.groups.length));
  if (draft.users.length > 0) parts.push(texts.usersCount(draft.users.length));
  return parts.join(', ') || texts.nobody;
}

export function what(policy: Policy): string {
  const draft = draftOf(policy);
  if (draft.target === 'contexts') return texts.contextsNamed(draft.contexts);
  if (draft.target === 'actions') return texts.actionsTarget;
  if (draft.allApplications) return texts.allApplications;
  return draft.applications.length > 0 ? texts.applicationsCount(draft.applications.length) : texts.nothing;
}

export function access(policy: Policy): string {
  const draft = draftOf(policy);
  if (draft.block) return texts.controls.block ?? '';
  const names = [...draft.controls, ...draft.otherControls].map((name) => texts.controls[name] ?? name);
  if (draft.strength) names.push(texts.strengths[draft.strength] ?? texts.strength);
  if (draft.terms.length > 0) names.push(texts.terms);
  if (names.length === 0) return texts.sessionOnly;
  return names.join(draft.operator === 'AND' ? texts.and : texts.or);
}
