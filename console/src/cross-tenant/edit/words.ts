import { many, words } from '../../words';

export const texts = words('edit', {
  above: 'Cross-tenant access settings',
  organizations: 'Organizational settings',
  defaults: 'Default settings',
  title: {
    inbound: (whose: string) => `Inbound access settings: ${whose}`,
    outbound: (whose: string) => `Outbound access settings: ${whose}`,
    restrictions: (whose: string) => `Tenant restrictions: ${whose}`,
  },
  whoseDefault: 'Default',
  other: {
    inbound: 'Inbound access',
    outbound: 'Outbound access',
    restrictions: 'Tenant restrictions',
  },
  others: 'everybody else',
  side: {
    label: 'Whom these settings are about',
    inbound: (own: string, other: string) => `People of ${other} who come into ${own}`,
    outbound: (own: string, other: string) => `People of ${own} who go out to ${other}`,
    restrictions: (own: string, other: string) =>
      `External accounts of ${other}, used from the network and on the devices of ${own}`,
  },
  sections: 'Sections',
  section: {
    b2bCollaborationInbound: 'B2B collaboration',
    b2bCollaborationOutbound: 'B2B collaboration',
    b2bDirectConnectInbound: 'B2B direct connect',
    b2bDirectConnectOutbound: 'B2B direct connect',
    tenantRestrictions: 'Tenant restrictions',
    trust: 'Trust settings',
    synchronization: 'Cross-tenant sync',
  },
  changed: 'changed, not saved',
  about: {
    b2bCollaborationInbound: (other: string) =>
      `Which people of ${other} can be invited and come in as guests, and which of your applications they reach.`,
    b2bCollaborationOutbound: (other: string) =>
      `Which of your people can be guests of ${other}, and which applications there they reach.`,
    b2bDirectConnectInbound: (other: string) =>
      `Which people of ${other} reach shared channels and the like here, with no guest account.`,
    b2bDirectConnectOutbound: (other: string) =>
      `Which of your people reach shared channels and the like of ${other}, with no guest account there.`,
    tenantRestrictions: () =>
      'Which external accounts may be used from your network and on your devices, and for what. Independent of all other settings on these pages.',
  },
  mode: 'Which settings apply',
  inherit: 'Default settings',
  customize: 'Customize settings',
  chooseFirst:
    'These are the default settings. Choose “Customize settings” to change them for this organization.',
  noDefault: 'There is no default for this: without a setting of its own it is off.',
  back: {
    title: 'Replace all settings of this tab by the default ones?',
    text: (name: string) =>
      `What was customized here for ${name} is discarded when you save. From then on the default settings apply, also when they change.`,
    yes: 'Yes',
    no: 'No',
  },
  origin: {
    own: (name: string) => `Customized for ${name}`,
    inherited: 'Inherited from default',
    system: 'Default, never changed',
    default: 'Default, changed by your organization',
    off: 'Not set: off',
    draft: 'not saved yet',
  },
  halves: 'Whom and what',
  half: {
    users: {
      inbound: 'External users and groups',
      outbound: 'Users and groups',
      restrictions: 'External users and groups',
    },
    applications: {
      inbound: 'Applications',
      outbound: 'External applications',
      restrictions: 'External applications',
    },
  },
  status: 'Access status',
  allow: 'Allow access',
  block: 'Block access',
  appliesTo: 'Applies to',
  all: {
    inbound: 'All external users and groups',
    outbound: (own: string) => `All ${own} users`,
    applications: 'All applications',
    externalApplications: 'All external applications',
  },
  select: {
    inbound: 'Select external users and groups',
    outbound: (own: string) => `Select ${own} users and groups`,
    applications: 'Select applications',
    externalApplications: 'Select external applications',
  },
  p1: 'P1',
  p1Needed: 'This needs a Microsoft Entra ID P1 licence, which your organization does not have.',
  p1Note: 'Selecting single users, groups or applications needs a Microsoft Entra ID P1 licence.',
  noNames:
    'The default is for organizations you do not know yet, so nobody can be named here. Name people in the settings of one organization.',
  coupled:
    'All users are blocked, so all applications are blocked too. To open applications again, allow users first.',
  remark: {
    usersMissing: 'Select at least one user or group, or choose all of them.',
    applicationsMissing: 'Select at least one application, or choose all of them.',
    allUsersBlockedOnly:
      'All users are blocked while applications are not. Block all applications as well, or allow users.',
    usersAllowedNothingToReach:
      'Users are allowed, but all applications are blocked. Allow at least one application, or block all users.',
    selectedUsersBlockedFromEverything:
      'All applications are blocked for the selected users and groups, and for them alone: everybody else passes, to every application. To shut everybody out, block all users instead.',
  },
  confirmPair: 'I understand that only the selected users and groups are blocked.',
  confirmPairFirst: 'Confirm what blocking all applications for selected users means.',
  note: {
    all: 'If you block all users, all applications are blocked as well. If you block all applications, block all users too. If you allow any users, allow at least one application.',
    mail: 'With these settings your people cannot read encrypted mail from there. To let them, allow the application 00000012-0000-0000-c000-000000000000 (Microsoft Rights Management).',
    defaultBlock: (inbound: boolean) =>
      inbound
        ? 'This changes the default to a block. It shuts out everybody of every organization without settings of its own, also those who come in today.'
        : 'This changes the default to a block. It keeps your people out of every organization without settings of its own, also where they work today.',
    restrictions:
      'Consider blocking external accounts here and inviting people by B2B collaboration instead: Conditional Access then applies, both directions are governed, sessions end with the account, and every sign-in has a row in your logs.',
    direct: (policies: string) =>
      `Direct connect is opened while a Conditional Access policy asks these people for something only their own organization can have checked, and you do not trust its claims: ${policies}. Everybody would be refused (mfa_trust_required). Trust the claims, or exclude these people from the policy.`,
    directBoth:
      'Direct connect works only if the other organization allows it too, in the opposite direction.',
  },
  trust: {
    heading: 'Claims of the other organization that you accept',
    about:
      'Your Conditional Access policies can accept what people have already proved in their own organization.',
    isMfaAccepted: 'Trust multi-factor authentication from Microsoft Entra tenants',
    isMfaAcceptedHint:
      'Tick this if your policies require multi-factor authentication. People who bring no such claim are challenged at home.',
    isCompliantDeviceAccepted: 'Trust compliant devices',
    isCompliantDeviceAcceptedHint: 'Accept that their organization says a device complies with its rules.',
    isHybridAzureADJoinedDeviceAccepted: 'Trust Microsoft Entra hybrid joined devices',
    isHybridAzureADJoinedDeviceAcceptedHint: 'Accept that their organization says a device is joined to it.',
    registration:
      'If you have a policy that makes people register for multi-factor authentication, exclude external users from it. Otherwise nobody from there can satisfy both.',
    redemptionHeading: 'Automatic redemption',
    redeem: (name: string) => `Automatically redeem invitations with the tenant ${name}`,
    redeemInbound: (name: string) =>
      `People of ${name} are not asked to accept. Takes effect only if ${name} ticks this in its outbound settings as well.`,
    redeemOutbound: (name: string) =>
      `Your people are not asked to accept there. Takes effect only if ${name} ticks this in its inbound settings as well.`,
    crossCloud: 'Not available for an organization in another Microsoft cloud.',
  },
  sync: {
    heading: 'Cross-tenant synchronization',
    allow: 'Allow users sync into this tenant',
    hint: (name: string) =>
      `${name} may create, update and delete users here. They need a configuration of their own there.`,
  },
  said: {
    allowed: 'Allowed',
    blocked: 'Blocked',
    users: 'users and groups',
    applications: 'applications',
    selected: (count: number, what: string) => `${count.toLocaleString('en')} selected ${what}`,
    more: (count: number) => `and ${count.toLocaleString('en')} more`,
    trust: {
      isMfaAccepted: 'Multi-factor authentication',
      isCompliantDeviceAccepted: 'Compliant devices',
      isHybridAzureADJoinedDeviceAccepted: 'Hybrid joined devices',
    },
  },
  member: {
    b2bCollaborationInbound: 'B2B collaboration, inbound',
    b2bCollaborationOutbound: 'B2B collaboration, outbound',
    b2bDirectConnectInbound: 'B2B direct connect, inbound',
    b2bDirectConnectOutbound: 'B2B direct connect, outbound',
    tenantRestrictions: 'Tenant restrictions',
    inboundTrust: 'Trust settings',
    inboundAllowed: 'Automatic redemption, inbound',
    outboundAllowed: 'Automatic redemption, outbound',
    isSyncAllowed: 'Cross-tenant sync',
  },
  meanwhile: 'Somebody else has changed these settings since you began.',
  compare: 'Compare',
  save: 'Save',
  discard: 'Discard changes',
  unsaved: (count: number) => `${many(count, 'change is', 'changes are')} not saved.`,
  saved: 'Saved.',
  nothingToSave: 'Nothing is changed.',
  on: 'On',
  off: 'Off',
  inheritedValue: (value: string) => `Inherited from default: ${value}`,
  conflict: {
    title: 'Somebody else has changed these settings meanwhile',
    text: 'Nothing of yours was saved yet. Here is what you began with, what is there now, and what you want.',
    property: 'Setting',
    base: 'When you began',
    theirs: 'There now',
    mine: 'Yours',
    keepMine: 'Keep mine and review again',
    takeTheirs: 'Take what is there',
    both: 'changed by both',
    same: 'This is exactly what you wanted. There is nothing left to save.',
  },
});
