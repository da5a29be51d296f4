import { words } from '../words';

export const texts = words('cross-tenant', {
  title: 'Cross-tenant access settings',
  lead: 'Which organizations your people may visit, who may visit you, and what you believe of what others have checked.',
  tabs: {
    label: 'Settings',
    organizations: 'Organizational settings',
    default: 'Default settings',
    clouds: 'Microsoft cloud settings',
  },
});
