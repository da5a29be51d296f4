import { many, words } from '../words';

export const texts = words('save', {
  title: 'Save these changes?',
  lead: 'This is what will be different.',
  property: 'Setting',
  before: 'Now',
  after: 'After saving',
  changes: 'Changes',
  reason: 'Reason',
  reasonHint: 'Kept in the audit log and in the history. For instance a ticket, or who asked for it.',
  reasonLong: 'At most 1,000 characters.',
  save: 'Save',
  saving: 'Saving…',
  cancel: 'Back to editing',
  saved: (count: number) => `${many(count, 'change', 'changes')} saved`,
  half: (done: number, of: number) => `${done} of ${of} steps are saved. The rest is not.`,
  moving:
    'The settings of your organization are being moved to another storage. Nothing can be changed until that is done; what you have entered is kept.',
  tryingAgain: (seconds: number) => `Trying again in ${many(seconds, 'second', 'seconds')}.`,
  tryNow: 'Try now',
  closesDefault:
    'This closes a default. It is in force at once, for every organization that has no settings of its own.',
  difference: {
    title: 'What opens and closes',
    asking: 'Working out what opens and closes…',
    equal: 'Nothing opens and nothing closes: every request is answered as it is now.',
    opens: 'Opens',
    closes: 'Closes',
    on: 'Is switched on',
    off: 'Is switched off',
    section: {
      b2bCollaborationInbound: 'B2B collaboration, inbound',
      b2bCollaborationOutbound: 'B2B collaboration, outbound',
      b2bDirectConnectInbound: 'B2B direct connect, inbound',
      b2bDirectConnectOutbound: 'B2B direct connect, outbound',
      tenantRestrictions: 'Tenant restrictions',
    } as Record<string, string>,
    order: 'The order in which identity providers are offered for redemption is another one.',
    cloudsEnabled: (clouds: string) => `These clouds are enabled: ${clouds}.`,
    cloudsDisabled: (clouds: string) => `These clouds are disabled: ${clouds}.`,
  },
  preview: {
    title: (days: number) => `Who is hit, by the sign-ins of the last ${days} days`,
    asking: 'Reading the sign-ins…',
    reading: (count: number) =>
      `So far: ${many(count, 'sign-in', 'sign-ins')} of the newest days. Older ones are still being read.`,
    counts: 'Sign-ins by what would become of them',
    impact: {
      closes: 'will be refused',
      stepsUp: 'will be asked for more',
      opens: 'will pass',
      eases: 'will be asked for less',
    },
    perhaps: {
      closes: 'may be refused',
      stepsUp: 'may be asked for more',
      opens: 'may pass',
      eases: 'may be asked for less',
    },
    nobody: (count: number) =>
      count === 0
        ? 'There is no sign-in across organizations in this time, so nothing can be said.'
        : `Nobody: ${count === 1 ? 'the one sign-in is' : `all ${count.toLocaleString('en')} sign-ins are`} answered as now.`,
    unchanged: (count: number) => `${many(count, 'sign-in is', 'sign-ins are')} answered as now.`,
    signIns: (count: number, succeeded: number) =>
      `${many(count, 'sign-in', 'sign-ins')}, of which ${succeeded === count ? 'all' : succeeded.toLocaleString('en')} succeeded`,
    people: 'People',
    applications: 'Applications',
    because: 'Because',
    dependsOn: 'Depends on',
    and: (more: number) => `and ${more.toLocaleString('en')} more`,
    withheld: 'Whose sign-ins they are is shown to those who may read the sign-in log.',
    keep: 'Keep them',
    keepWhat: (sentence: string) => `Keep them: ${sentence}`,
    coverage: (seen: number, cells: number) =>
      `The log speaks about ${seen.toLocaleString('en')} of ${many(cells, 'combination', 'combinations')} of organization, application and direction.`,
    silent: (names: string) => `Nobody has signed in, in this time, from or to: ${names}.`,
    notJudged: (count: number, why: string) => `${many(count, 'sign-in', 'sign-ins')} not judged: ${why}`,
    more: (count: number) => `${many(count, 'more group', 'more groups')}`,
  },
  kept: {
    property: (section: string, name: string) => `${section} for ${name}`,
    before: 'as it is',
    undo: 'Do not keep them',
  },
  lint: {
    title: 'Warnings',
    asking: 'Looking for what deserves a second look…',
    none: 'Nothing new to warn about.',
    severity: { error: 'Error', warning: 'Warning', note: 'Note' },
    whose: { default: 'Default settings', partner: (name: string) => `Settings for ${name}` },
    fix: 'What to do',
    settled: 'Settled by this',
    notChecked: (check: string, missing: string) => `Not checked: ${check}, because ${missing}`,
  },
  tryIt: 'Try a sign-in with these changes',
});
