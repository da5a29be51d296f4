import { words } from '../words';

export const texts = words('api', {
  noAnswerTitle: 'The server does not answer',
  noAnswer: 'Check the connection. Nothing you have typed is lost.',
  forbiddenTitle: 'Your roles do not allow this',
  notFoundTitle: 'This is not here any more',
  conflictTitle: 'Somebody else has changed this meanwhile',
  tooManyTitle: 'Too many requests',
  laterTitle: 'Not right now',
  failedTitle: 'The server could not do this',
  refusedTitle: 'This was refused',
  status: (status: number) => `The server answered with status ${status}.`,
});
