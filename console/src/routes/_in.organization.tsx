import { createFileRoute } from '@tanstack/react-router';
import { OrganizationPage } from '../organization/Organization';
import { texts } from '../organization/words';
import { listState } from '../pieces/listState';

export const Route = createFileRoute('/_in/organization')({
  staticData: { place: { label: texts.title, group: 'directory', order: 60, icon: 'home' } },
  validateSearch: listState,
  component: OrganizationPage,
});
