import { createFileRoute } from '@tanstack/react-router';
import { Overview } from '../overview/Overview';
import { texts } from '../overview/words';

export const Route = createFileRoute('/_in/')({
  staticData: { place: { label: texts.title, group: 'access', order: 10, icon: 'home' } },
  component: Overview,
});
