import { createFileRoute } from '@tanstack/react-router';
import { viewIn } from '../history/data';
import { History } from '../history/History';
import { texts } from '../history/words';

export const Route = createFileRoute('/_in/history')({
  validateSearch: viewIn,
  staticData: { place: { label: texts.short, group: 'logs', order: 40, icon: 'audit' } },
  component: History,
});
