import { words } from '../../words';

export const texts = words('clouds', {
  lead: 'Microsoft Azure clouds whose organizations you want to work with.',
  note: 'Enabling a cloud opens nothing. Add the organization by its tenant id afterwards, and enable your cloud there: until then nobody of that cloud gets in, nor do your people get out. Disabling it again blocks at once and keeps the settings.',
  heading: 'Other clouds',
  own: (name: string) => `Your organization is in ${name}.`,
  names: {
    'microsoftonline.com': 'Microsoft Azure Commercial',
    'microsoftonline.us': 'Microsoft Azure Government',
    'partner.microsoftonline.cn': 'Microsoft Azure operated by 21Vianet (China)',
  },
  property: 'Clouds enabled',
  none: 'None',
  conflictTitle: 'Somebody else has changed the clouds meanwhile',
  theirs: (names: string) => `There now: ${names}.`,
  mine: (names: string) => `Yours: ${names}.`,
});
