import { createFileRoute } from '@tanstack/react-router';
import { Audit } from '../logs/Audit';
import { auditViewIn } from '../logs/filters';
import { texts } from '../logs/words';

export const Route = createFileRoute('/_in/logs/audit')({
  validateSearch: auditViewIn,
  staticData: { place: { label: texts.audit.short, group: 'logs', order: 30, icon: 'audit' } },
  component: Audit,
});
