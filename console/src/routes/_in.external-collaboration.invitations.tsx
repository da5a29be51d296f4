import { createFileRoute } from '@tanstack/react-router';
import { Invitations } from '../external/invitations/Invitations';
import { listWith } from '../pieces/listState';

export const Route = createFileRoute('/_in/external-collaboration/invitations')({
  validateSearch: listWith('state', ['pending', 'accepted']),
  component: Invitations,
});
