// What went wrong, where it happened, with a way on.

import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { headline, type Problem } from '../api/problem';
import { texts } from './words';

export function ProblemBar({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <MessageBar intent={problem.isPassing ? 'warning' : 'error'} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{headline(problem)}</MessageBarTitle> {problem.message}
        {problem.requestId && <div>{texts.requestId(problem.requestId)}</div>}
      </MessageBarBody>
      {retry && (
        <MessageBarActions>
          <Button onClick={retry}>{texts.retry}</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
