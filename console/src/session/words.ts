import { oneOf, words } from '../words';

export const texts = words('session', {
  title: 'Sign in',
  lead: 'See and change who may cross between your organization and others.',
  address: 'Work address',
  addressHint: 'For instance carol@contoso.com. Its domain says which organization you belong to.',
  addressMissing: 'Enter your work address, for instance carol@contoso.com.',
  noTenant: (domain: string) => `No organization here has the domain ${domain}.`,
  next: 'Next',
  other: 'Use another address',
  working: 'Signing you in…',
  failed: 'You could not be signed in',
  signedOut: 'You are signed out',
  signedOutLead: 'Your session here and with your organization has ended.',
  again: 'Sign in again',
  ended: 'Your sign-in has ended',
  endedLead: 'Sign in again to go on. What you have entered on this page is kept.',
  blocked:
    'The browser did not open the window for signing in. Allow pop-up windows for this address and try again.',
  stepUp: 'One more step is needed',
  stepUpLead: 'This change is protected. Prove once more that it is you; what you have entered is kept.',
  stepUpGo: 'Prove it now',
  cancelled: 'The window was closed before you were signed in.',
  needsRole: (roles: readonly string[]) =>
    roles.length === 0
      ? 'No role of a person lets you do this.'
      : `Your roles do not let you do this. It takes ${oneOf(roles)}.`,
});
