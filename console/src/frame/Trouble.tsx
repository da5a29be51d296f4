// A page that could not be shown: what went wrong, and a way on.

import { Button } from '@fluentui/react-components';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { asProblem } from '../api/problem';
import { Page } from '../pieces/Page';
import { ProblemBar } from '../pieces/ProblemBar';
import { texts } from './words';

export function Trouble({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Page title={texts.troubleTitle}>
      <ProblemBar problem={asProblem(error)} />
      <div>
        <Button
          appearance="primary"
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          {texts.tryAgain}
        </Button>
      </div>
    </Page>
  );
}
