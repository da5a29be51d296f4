import { createFileRoute } from '@tanstack/react-router';
import { signInViewIn } from '../logs/filters';
import { SignIns } from '../logs/SignIns';
import { texts } from '../logs/words';

export const Route = createFileRoute('/_in/logs/sign-ins')({
  validateSearch: signInViewIn,
  staticData: { place: { label: texts.signIns.short, group: 'logs', order: 20, icon: 'signIns' } },
  component: SignIns,
});
