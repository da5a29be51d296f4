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
});
