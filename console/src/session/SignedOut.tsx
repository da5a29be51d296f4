// After signing out.

import { Button } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { Card } from './SignIn';
import { texts } from './words';

export function SignedOut() {
  const navigate = useNavigate();
  return (
    <Card title={texts.signedOut}>
      <p>{texts.signedOutLead}</p>
      <Button
        appearance="primary"
        onClick={() => navigate({ to: '/sign-in', search: { target: '/console/' } })}
      >
        {texts.again}
      </Button>
    </Card>
  );
}
