import { many, words } from '../words';

export const texts = words('external', {
  title: 'External collaboration',
  lead: 'Who may invite people from outside, whom they may invite, and what guests may see.',
  tabs: { label: 'Parts of external collaboration', invitations: 'Invitations', settings: 'Settings' },

  save: 'Save',
  saveGuests: 'Save who may invite and what guests see',
  saveDomains: 'Save the domains',
  discard: 'Discard',
  unchanged: 'Nothing has been changed.',
  saved: 'Your changes are saved.',

  guests: 'Guest user access',
  guestsLead: 'What guests see of your directory. Roles that are assigned to them come on top.',
  guestRoles: {
    'a0b1b346-4d3e-4e8b-98f8-753987be4970': {
      name: 'Guest users have the same access as members',
      hint: 'Most inclusive. Guests can list all users and groups.',
    },
    '10dae51f-b6af-4016-8d66-8c2a99b929b3': {
      name: 'Guest users have limited access to properties and memberships of directory objects',
      hint: 'As long as nothing else has been chosen.',
    },
    '2af84b1e-32c8-42b7-82bc-daa82404023b': {
      name: 'Guest user access is restricted to properties and memberships of their own directory objects',
      hint: 'Most restrictive. Guests see themselves.',
    },
  },

  inviters: 'Guest invite restrictions',
  invitersLead: 'Who in your organization may invite somebody from outside.',
  inviterChoices: {
    everyone: {
      name: 'Anyone in the organization can invite guest users, including guests and non-admins',
      hint: 'Most inclusive.',
    },
    adminsGuestInvitersAndAllMembers: {
      name: 'Member users and users assigned to specific admin roles can invite guest users, including guests with member permissions',
      hint: '',
    },
    adminsAndGuestInviters: {
      name: 'Only users assigned to specific admin roles can invite guest users',
      hint: 'Among them the Guest Inviter role, which is there for that.',
    },
    none: {
      name: 'No one in the organization can invite guest users, including admins',
      hint: 'Most restrictive. Guests who are there already stay.',
    },
  },

  domains: 'Collaboration restrictions',
  domainsLead:
    'To which domains an invitation may go. This stands beside the cross-tenant access settings: an invitation has to pass both. Guests who are there already are not affected.',
  domainKinds: {
    any: 'Allow invitations to be sent to any domain (most inclusive)',
    blocked: 'Deny invitations to the specified domains',
    allowed: 'Allow invitations only to the specified domains (most restrictive)',
  },
  domainList: 'Target domains',
  domainField: 'Add domains',
  domainHint: 'One or more, for instance fabrikam.com. You can paste a list.',
  addDomains: 'Add',
  removeDomain: (name: string) => `Remove ${name}`,
  domainWrong: (names: readonly string[]) =>
    `Not a domain: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`,
  domainEmpty: 'Add at least one domain, or choose to allow any.',
  domainCount: (count: number) => many(count, 'domain', 'domains'),
});

export const invited = words('invitations', {
  list: 'People who were invited',
  search: 'Search by name or address',
  invite: 'Invite external user',
  name: 'Name',
  address: 'Address',
  state: 'Invitation',
  type: 'Type',
  since: 'Since',
  actions: 'Actions',
  states: { pending: 'Pending', accepted: 'Accepted' },
  filter: 'Invitations that are shown',
  all: 'All invitations',
  again: 'Invite again',
  againOf: (name: string) => `Invite again: ${name}`,
  unnamed: 'No name',
  emptyTitle: 'Nobody has been invited',
  empty: 'Invite somebody by their e-mail address. They sign in with the account they have already.',

  title: 'Invite external user',
  email: 'E-mail address',
  emailWrong: 'Enter one e-mail address, for instance fred@fabrikam.com.',
  displayName: 'Display name',
  displayNameHint: 'Optional. Otherwise the address is shown until they have signed in.',
  redirect: 'Where the invitation leads',
  redirectHint: 'The address that is opened once they have accepted.',
  redirectWrong: 'Enter a whole address that begins with https://.',
  userType: 'User type',
  guest: 'Guest',
  member: 'Member',
  send: 'Send an invitation message',
  sendHint: 'Otherwise hand over the link yourself.',
  message: 'Personal message',
  messageLong: 'At most 4,000 characters.',
  submit: 'Invite',

  doneTitle: 'Invitation created',
  done: (address: string, state: string) => `${address}: ${state}`,
  link: 'Link to accept the invitation',
  linkLead: 'Whoever it was made for opens it and signs in. It opens nothing for anybody else.',
  sent: 'A message is on its way.',
  notSent: 'No message was sent. Hand this link over.',
  close: 'Close',
  openUser: 'Open the user',
});
