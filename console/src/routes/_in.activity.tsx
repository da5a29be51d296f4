import { createFileRoute } from '@tanstack/react-router';
import { Activity } from '../activity/Activity';
import { viewIn } from '../activity/data';
import { texts } from '../activity/words';

export const Route = createFileRoute('/_in/activity')({
  validateSearch: viewIn,
  staticData: { place: { label: texts.short, group: 'logs', order: 10, icon: 'activity' } },
  component: Activity,
});
