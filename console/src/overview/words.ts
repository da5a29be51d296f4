import { many, words } from '../words';

export const texts = words('overview', {
  title: 'Overview',
  lead: (name: string) => `How ${name} stands to the organizations around it.`,
  posture: 'Posture',
  postureCount: (errors: number, warnings: number, notes: number) =>
    `${many(errors, 'error', 'errors')}, ${many(warnings, 'warning', 'warnings')}, ${many(notes, 'note', 'notes')}`,
  postureGood: 'Nothing in your settings deserves a second look.',
  more: (count: number) => `${many(count, 'more finding', 'more findings')}`,
  fewer: 'Show fewer',
  open: 'Open this setting',
  changes: 'Recent changes',
  noChanges: 'Nothing was changed yet.',
  allChanges: 'All changes',
  activity: 'The last 30 days',
  activityLabel: 'Sign-ins across organizations in the last 30 days',
  activityCount: (inbound: number, outbound: number, failed: number) =>
    `${inbound.toLocaleString('en')} inbound, ${outbound.toLocaleString('en')} outbound, ${failed.toLocaleString('en')} refused or failed`,
  toActivity: 'All activity',
  inbound: 'Inbound',
  outbound: 'Outbound',
  next: 'What to do next',
  nextSteps: {
    organizations: ['Organizations', 'See who has settings of their own, and add one.'],
    defaults: ['Default settings', 'See what holds for everybody else.'],
    try: ['Try a decision', 'Ask whether somebody would get in, and why.'],
    activity: ['Activity', 'See who crosses, before you close anything.'],
    unused: ['Open, but unused', 'See which organizations nobody comes from or goes to.'],
    audit: ['Cross-tenant access changes', 'See who changed what in the audit log.'],
  },
});
