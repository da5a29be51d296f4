import { createFileRoute } from '@tanstack/react-router';
import { ExternalCollaboration } from '../external/ExternalCollaboration';
import { texts } from '../external/words';

export const Route = createFileRoute('/_in/external-collaboration')({
  staticData: { place: { label: texts.title, group: 'directory', order: 40, icon: 'external' } },
  component: ExternalCollaboration,
});
