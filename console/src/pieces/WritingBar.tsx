// How writing went: a problem with a way on, or what was done.

import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { headline } from '../api/problem';
import { texts as sessionTexts } from '../session/words';
import { ProblemBar } from './ProblemBar';
import { texts } from './words';
import type { Writing } from './writing';

/** What went wrong; a change that is protected can be proved here. */
export function WritingBar({ writing }: { writing: Writing }) {
  const { problem, prove } = writing;
  if (!problem) return null;
  if (problem.status === 412) {
    return (
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{headline(problem)}</MessageBarTitle> {texts.reloaded}
        </MessageBarBody>
      </MessageBar>
    );
  }
  if (!problem.claims) return <ProblemBar problem={problem} />;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{sessionTexts.stepUp}</MessageBarTitle> {sessionTexts.stepUpLead}
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={prove}>{sessionTexts.stepUpGo}</Button>
      </MessageBarActions>
    </MessageBar>
  );
}

/** What was done; read out when it is said. */
export function Done({ text }: { text: string | undefined }) {
  return (
    <div role="status">
      {text && (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>{text}</MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}

/** Why somebody can only look. */
export function ReadOnlyBar({ reason }: { reason: string | undefined }) {
  if (!reason) return null;
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>{reason}</MessageBarBody>
    </MessageBar>
  );
}
